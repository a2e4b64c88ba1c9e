import { execFile } from 'node:child_process'

export interface LocalAnswer {
  readonly stdout: string
  readonly stderr: string
  /** undefined: the program did not start, or did not end by itself. */
  readonly exitCode: number | undefined
  readonly missing: boolean
}

export interface LocalOptions {
  readonly milliseconds?: number
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a program on this computer, never through a shell, with nothing on its stdin. Node's own way: every run starts
 * with `ssh -G`, and loading a library for that costs six times what `ssh -G` takes.
 */
export const runLocally = async (
  program: string,
  argv: readonly string[],
  { milliseconds = 10_000, env = {} }: LocalOptions = {},
): Promise<LocalAnswer> =>
  new Promise((resolve) => {
    const options = { timeout: milliseconds, maxBuffer: 16 * 1024 * 1024, env: { ...process.env, ...env } }
    const child = execFile(program, argv, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      const exitCode = typeof code === 'number' ? code : undefined
      resolve({ stdout, stderr, exitCode, missing: error !== null && 'code' in error && error.code === 'ENOENT' })
    })
    child.stdin?.on('error', () => undefined).end()
  })
