import { execa } from 'execa'
import { bin, type CliResult } from '../helpers/cli.js'
import { canary } from './sites.js'

/** A run that goes on while the case does something to it. */
export interface Running {
  kill(signal: NodeJS.Signals): void
  /** Until it has printed this. */
  said(pattern: RegExp): Promise<void>
  readonly done: Promise<CliResult>
}

export const startRun = (args: readonly string[]): Running => {
  const env = { NOTES_SECRET_KEY: canary, NO_COLOR: '1', CI: '' }
  const run = execa(process.execPath, [bin, ...args], { reject: false, stdin: 'ignore', env, stripFinalNewline: false })
  let said = ''
  const waiting: (() => void)[] = []
  run.stderr.on('data', (piece: Buffer) => {
    said += piece.toString()
    for (const look of waiting) look()
  })
  const done = run.then(({ exitCode, stdout, stderr }) => ({ exitCode: exitCode ?? -1, stdout, stderr }))
  return {
    kill: (signal) => void run.kill(signal),
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(said)) resolve()
        }
        waiting.push(look)
        look()
        void done.then(() => reject(new Error(`the run has ended without ${pattern.source}:\n${said}`)))
      }),
    done,
  }
}
