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
  /** Asked several times a second, and when it has ended, whether what it does is too much: it is ended then. */
  readonly isTooMuch?: () => Promise<boolean>
}

export interface ApartAnswer extends LocalAnswer {
  readonly timedOut: boolean
  /** It said more on stdout than there is room for, and was ended. */
  readonly tooLong: boolean
  /** `isTooMuch` was answered with yes. */
  readonly tooMuch: boolean
}

const most = 64 * 1024 * 1024

/** The beginning of what it says; `more` is called when that is not all. */
const bounded = (stream: Readable, more: () => void): (() => string) => {
  const pieces: Buffer[] = []
  let bytes = 0
  stream.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes <= most) pieces.push(piece)
    else more()
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
  { milliseconds, env, input = '', take, isTooMuch = () => Promise.resolve(false) }: ApartOptions,
): Promise<ApartAnswer> => {
  const child = spawn(program, argv, { env: { ...env }, detached: true, stdio: 'pipe' })
  let [timedOut, tooLong, tooMuch] = [false, false, false]
  const end = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // it has ended at this very moment
    }
  }
  const deadline = setTimeout(() => {
    timedOut = true
    end()
  }, milliseconds)
  const look = async (): Promise<void> => {
    if (!tooMuch && (await isTooMuch())) {
      tooMuch = true
      end()
    }
  }
  const looking = setInterval(() => void look(), 200)
  process.once('exit', end)
  const ended = new Promise<{ readonly code: number | null; readonly missing: boolean }>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => resolve({ code: null, missing: error.code === 'ENOENT' }))
    child.once('exit', (code) => resolve({ code, missing: false }))
  })
  try {
    const stderr = bounded(child.stderr, () => undefined)
    const stopTalking = (): void => {
      tooLong = true
      end()
    }
    const stdout = take === undefined ? bounded(child.stdout, stopTalking) : undefined
    const read = new Promise((resolve) => child.stdout.once('close', resolve))
    child.stdin.on('error', () => undefined).end(input)
    const refused = await take?.(child.stdout).then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    if (refused !== undefined && !child.stdout.readableEnded) throw refused.error
    // not until stderr is closed: a connection that ssh keeps for others (ControlPersist) holds it open
    const [{ code, missing }] = await Promise.all([ended, read])
    // what it has to say itself comes first: it may be why there was too little
    if (refused !== undefined && code === 0) throw refused.error
    await look()
    const exitCode = tooMuch ? undefined : (code ?? undefined)
    return { stdout: stdout?.() ?? '', stderr: stderr(), exitCode, missing, timedOut, tooLong, tooMuch }
  } finally {
    end()
    clearTimeout(deadline)
    clearInterval(looking)
    process.off('exit', end)
  }
}
