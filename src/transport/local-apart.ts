import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { LocalAnswer } from './local.js'

export interface ApartOptions {
  readonly milliseconds: number
  /** All of the environment that it sees. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** Takes stdout as it comes, however long it is; otherwise it is in the answer. */
  readonly take?: (stdout: AsyncIterable<Buffer>) => Promise<void>
}

export interface ApartAnswer extends LocalAnswer {
  readonly timedOut: boolean
}

const most = 16 * 1024 * 1024

/** Of what says more than anybody needs, only the beginning. */
const bounded = (stream: Readable): (() => string) => {
  const pieces: Buffer[] = []
  let bytes = 0
  stream.on('data', (piece: Buffer) => {
    if (bytes < most) pieces.push(piece)
    bytes += piece.length
  })
  return () => Buffer.concat(pieces).toString('latin1')
}

/**
 * Runs a program on this computer in a session of its own, never through a shell: nothing of it can ask on the terminal,
 * and whatever it starts ends with it, when it takes too long or when we end. Output is told byte by byte (latin1).
 */
export const runApart = async (
  program: string,
  argv: readonly string[],
  { milliseconds, env, input = '', take }: ApartOptions,
): Promise<ApartAnswer> => {
  const child = spawn(program, argv, { env: { ...env }, detached: true, stdio: 'pipe' })
  let timedOut = false
  const end = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    process.kill(-child.pid, 'SIGKILL')
  }
  const deadline = setTimeout(() => {
    timedOut = true
    end()
  }, milliseconds)
  process.once('exit', end)
  const ended = new Promise<{ readonly code: number | null; readonly missing: boolean }>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve({ code: null, missing: error.code === 'ENOENT' }))
    child.once('exit', (code) => resolve({ code, missing: false }))
  })
  try {
    const stderr = bounded(child.stderr)
    const stdout = take === undefined ? bounded(child.stdout) : undefined
    const read = new Promise((resolve) => child.stdout.once('close', resolve))
    child.stdin.on('error', () => undefined).end(input)
    if (take !== undefined) await take(child.stdout)
    // not until stderr is closed: a connection that ssh keeps for others (ControlPersist) holds it open
    const [{ code, missing }] = await Promise.all([ended, read])
    return { stdout: stdout?.() ?? '', stderr: stderr(), exitCode: code ?? undefined, missing, timedOut }
  } finally {
    end()
    clearTimeout(deadline)
    process.off('exit', end)
  }
}
