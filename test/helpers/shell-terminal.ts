import { spawn } from 'node:child_process'

export interface TerminalSession {
  /** Waits until the terminal has shown this since the last call. */
  readonly shows: (text: string) => Promise<void>
  readonly type: (keys: string) => void
  readonly end: () => Promise<string>
}

/** A program in a terminal of its own, as `script` of util-linux makes one. */
export const inTerminal = (command: string, env: Readonly<Record<string, string>>): TerminalSession => {
  const child = spawn('script', ['-qefc', command, '/dev/null'], { env: { ...env, TERM: 'xterm' } })
  let screen = ''
  let seen = 0
  let changed: () => void = () => undefined
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const hear = (piece: Buffer): void => {
    screen += piece.toString()
    changed()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return {
    shows: async (text) => {
      for (;;) {
        const at = screen.indexOf(text, seen)
        if (at >= 0) {
          seen = at + text.length
          return
        }
        await Promise.race([
          new Promise<void>((resolve) => (changed = resolve)),
          ended.then(() => {
            if (!screen.includes(text, seen)) throw new Error(`ended without showing ${text}: ${screen}`)
          }),
        ])
      }
    },
    type: (keys) => void child.stdin.write(keys),
    end: async () => {
      child.stdin.end()
      child.kill()
      await ended
      return screen
    },
  }
}
