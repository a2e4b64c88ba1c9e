import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { newNonce } from './frame.js'
import { ChannelRefused, type Channel } from './connection.js'
import { overMaster, startSsh } from './openssh-program.js'

/** sudo may look up a name in a DNS that does not answer, but whoever begins to speak has no reason to wait. */
const beginSeconds = 60
const keptWords = 4096

/** How ssh ends where it, and not the program, has failed. */
const failedCode = 255

interface Streams {
  readonly child: ChildProcess
  readonly stdin: Writable
  readonly heard: Readable
  readonly stdout: PassThrough
  readonly stderr: PassThrough
  /** The last that was said on stderr. */
  words(): string
}

const startChild = (control: string, program: string): Streams => {
  const child = startSsh([...overMaster(control), '-T', '-a', '-x', '--', 'host', program], ['pipe', 'pipe', 'pipe'])
  const { stdin, stdout: heard, stderr: complaints } = child
  if (stdin === null || heard === null || complaints === null) throw new TypeError('ssh was started without pipes')
  // A write to a program that just ended; its end tells it better.
  stdin.on('error', () => undefined)
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  let words = ''
  complaints.on('data', (piece: Buffer) => (words = (words + piece.toString()).slice(-keptWords)))
  complaints.pipe(stderr)
  return { child, stdin, heard, stdout, stderr, words: () => words }
}

/** `isGone` says of the master whether it has ended, as soon as that is known. */
const channelOf = ({ child, stdin, stdout, stderr }: Streams, isGone: () => Promise<boolean>): Channel => {
  const exited = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit')
  const ended = Promise.allSettled([exited, finished(stdout), finished(stderr)]).then(async () => {
    const code = child.exitCode ?? failedCode
    if (code === failedCode) await isGone()
    return child.exitCode ?? undefined
  })
  return {
    stdin,
    stdout,
    stderr,
    onEnd: (listener) => void ended.then(listener),
    close: () => {
      stdin.destroy()
      stdout.destroy()
      stderr.destroy()
      child.kill()
    },
  }
}

/** Hands on all of a program's output but the line that says that it has begun. */
const untilBegun = async ({ child, heard, stdout }: Streams, mark: string): Promise<'begun' | 'ended'> =>
  new Promise((resolve, reject) => {
    let held = Buffer.alloc(0)
    const timer = setTimeout(() => {
      child.kill()
      reject(new Error(`no program has begun within ${beginSeconds} seconds`))
    }, beginSeconds * 1_000)
    const settle = (how: 'begun' | 'ended', rest: Buffer): void => {
      clearTimeout(timer)
      heard.off('data', hear)
      child.off('close', ended)
      if (rest.length > 0) stdout.write(rest)
      if (how === 'begun') heard.pipe(stdout)
      else stdout.end()
      resolve(how)
    }
    const hear = (piece: Buffer): void => {
      held = Buffer.concat([held, piece])
      const at = held.indexOf(mark)
      if (at >= 0) settle('begun', Buffer.concat([held.subarray(0, at), held.subarray(at + mark.length)]))
      else if (held.length > keptWords) held = held.subarray(-keptWords)
    }
    const ended = (): void => settle('ended', held)
    heard.on('data', hear)
    child.once('error', (error) => (clearTimeout(timer), reject(error)))
    child.once('close', ended)
  })

/**
 * A program with a process of ssh of its own. Whether the host gives a session for it is told by a line that the
 * program begins with: by then ssh2 knows it, too.
 */
export const startOverMaster = async (
  control: string,
  program: string,
  isGone: () => Promise<boolean>,
  listen: (channel: Channel) => void,
): Promise<Channel> => {
  const mark = newNonce()
  const streams = startChild(control, `echo ${mark}; ${program}`)
  if ((await untilBegun(streams, `${mark}\n`)) === 'ended' && streams.child.exitCode === failedCode) {
    const words = streams.words()
    if (await isGone()) throw new Error(words)
    if (/open refused|open failed|request failed/i.test(words)) throw new ChannelRefused(words)
  }
  const channel = channelOf(streams, isGone)
  listen(channel)
  return channel
}
