import { randomBytes } from 'node:crypto'
import { execa } from 'execa'

interface Size {
  readonly columns: number
  readonly rows?: number
}

const socket = `deploy-flask-test-${process.pid}`

const tmux = async (...args: readonly string[]): Promise<string> =>
  (
    await execa('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
      env: { LANG: 'C.UTF-8' },
      stripFinalNewline: false,
    })
  ).stdout

/** A program in a real terminal, with a person's keys and eyes. */
export class RealTerminal {
  readonly #name = `t${randomBytes(4).toString('hex')}`

  /**
   * @param argv the program and its arguments
   * @param cwd where it runs
   * @param env of the program, on top of the test's own
   */
  static async start(
    argv: readonly string[],
    { cwd, env, columns, rows = 60 }: Size & { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ): Promise<RealTerminal> {
    const terminal = new RealTerminal()
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    const size = ['-x', String(columns), '-y', String(rows)]
    // what it ended with is the last line that is seen
    const line = [
      ...argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`),
      '; echo "exit code $?"; sleep infinity',
    ].join(' ')
    await tmux('new-session', '-d', '-s', terminal.#name, ...size, ...variables, '-c', cwd, line)
    await tmux('set-option', '-t', terminal.#name, 'history-limit', '20000')
    return terminal
  }

  /** What stands on it, without the empty lines at its end; `all`: with what was scrolled away; `colours`: with SGR sequences. */
  async screen({ all = false, colours = false } = {}): Promise<string> {
    const options = [...(all ? ['-S', '-'] : []), ...(colours ? ['-e'] : [])]
    const text = await tmux('capture-pane', '-p', ...options, '-t', this.#name)
    return text.replace(/ +$/gm, '').replace(/\n+$/, '\n')
  }

  /** Names of keys, as tmux has them: Enter, Escape, Down, C-c; everything else is typed as it is. */
  async press(...keys: readonly string[]): Promise<void> {
    await tmux('send-keys', '-t', this.#name, ...keys)
  }

  /** Letter by letter is how a person types; a paste comes at once. */
  async paste(text: string): Promise<void> {
    await execa('tmux', ['-L', socket, 'load-buffer', '-'], { input: text })
    // -r: line feeds stay what they are
    await tmux('paste-buffer', '-r', '-t', this.#name)
  }

  /** Until it can be seen, in its last lines: what is asked now stands there. */
  async see(wanted: RegExp, { lines = 12, seconds = 30 } = {}): Promise<string> {
    for (let tries = 0; tries < seconds * 20; tries += 1) {
      const screen = await this.screen()
      if (wanted.test(screen.trimEnd().split('\n').slice(-lines).join('\n'))) return screen
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${String(wanted)} is not to be seen:\n${await this.screen()}`)
  }

  async processes(): Promise<readonly number[]> {
    const pane = await tmux('list-panes', '-t', this.#name, '-F', '#{pane_pid}')
    const { stdout } = await execa('pgrep', ['-P', pane.trim()], { reject: false })
    return stdout.split('\n').filter(Boolean).map(Number)
  }

  async close(): Promise<void> {
    await execa('tmux', ['-L', socket, 'kill-session', '-t', this.#name], { reject: false })
  }
}
