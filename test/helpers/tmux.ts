import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

export const hasTmux = spawnSync('tmux', ['-V']).status === 0

let count = 0

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export interface PaneOptions {
  readonly columns: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** More of the environment, which no command line may hold. */
  readonly secretEnv?: Readonly<Record<string, string>>
  /** A file that everything is appended to which the terminal is sent. */
  readonly recording?: string
  /** What the program ended with is the last line. */
  readonly tellsExit?: boolean
}

interface Given {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A program in a terminal of its own, seen as a person sees it. */
export class Pane {
  readonly #socket = `deploy-flask-${process.pid}-${count++}`

  constructor(command: readonly string[], options: PaneOptions) {
    const { columns, rows = 24, env = {}, cwd = '/', secretEnv = {}, recording, tellsExit = false } = options
    const given = Object.entries(env).map(([name, value]) => `${name}=${value}`)
    // the shell outlives the program, so that what that has left on the screen can be seen
    const line = `trap : INT; env -u NO_COLOR -u CI ${[...given, ...command].map(quoted).join(' ')}; ${tellsExit ? 'echo "exit code $?"; ' : ''}sleep 600`
    const shell = `sh -c ${quoted(line)}`
    const size = ['-x', String(columns), '-y', String(rows)]
    const recorded = recording === undefined ? [] : [';', 'pipe-pane', `exec cat >>${quoted(recording)}`]
    // tmux hands on the environment that it is started in
    this.#tmux(['-f', '/dev/null', 'new-session', '-d', ...size, '-c', cwd, shell, ...recorded], { env: secretEnv })
    this.#tmux(['set-option', '-g', 'window-size', 'manual'])
  }

  /** What stands on the screen, and with `history` what has left it at the top. */
  text({ history = false, styles = false } = {}): string {
    const text = this.#tmux(['capture-pane', '-p', ...(history ? ['-S', '-'] : []), ...(styles ? ['-e'] : [])])
    return text.replace(/ +$/gm, '').replace(/\n+$/, '\n')
  }

  /** Waits for a screen that stays as it is, but for what turns. */
  async settled(same: (text: string) => string): Promise<string> {
    for (let last = ''; ;) {
      const text = same(this.text())
      if (text === last) return text
      last = text
      await sleep(250)
    }
  }

  keys(...keys: readonly string[]): void {
    this.#tmux(['send-keys', ...keys])
  }

  /** All at once, line feeds as they are: what a person pastes. No command line holds it. */
  paste(text: string): void {
    this.#tmux(['load-buffer', '-'], { input: text })
    this.#tmux(['paste-buffer', '-d', '-r'])
  }

  /** Of the shell that started the program. */
  pid(): number {
    return Number(this.#tmux(['list-panes', '-F', '#{pane_pid}']))
  }

  resize(columns: number): void {
    this.#tmux(['resize-window', '-x', String(columns)])
  }

  close(): void {
    this.#tmux(['kill-server'])
  }

  #tmux(args: readonly string[], { input, env = {} }: Given = {}): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-u', '-L', this.#socket, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      ...(input === undefined ? {} : { input }),
    })
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`)
    return stdout
  }
}
