import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { isSource, type Answer, type Command } from '../../src/core/command.js'
import { DeployError } from '../../src/errors.js'
import { composeBatch, parseBatch } from '../../src/transport/batch.js'
import { driver, envelope, ifBefore, newNonce } from '../../src/transport/frame.js'
import { fencedOff, fencedOffCode } from '../../src/transport/guard.js'
import { bytesOf, composed, composeInvocation, composeStreamed } from '../../src/transport/invocation.js'
import { MarkedOutput } from '../../src/transport/marked-output.js'
import { Shell, type Exchange, type Exchanged } from '../../src/transport/ssh-shell.js'
import {
  isStreamed,
  type RunOptions,
  type Sequence,
  type SequencedRun,
  type ShellQuestion,
  type Transport,
  type TransportCounts,
} from '../../src/transport/transport.js'
import { hostFolders } from './host-folders.js'

const connectionLost = (): DeployError =>
  new DeployError('CONNECTION_LOST', { what: 'the line was cut', evidence: 'ECONNRESET', remedy: 'check the network' })

const lockLost = (): DeployError =>
  new DeployError('LOCK_LOST', { what: 'it was not started', remedy: 'look who has it' })

/**
 * This machine, over a line that can be cut: the real scripts of the host run, in folders of their own. What is cut off
 * goes on, and its end is not heard of.
 */
export class LocalHost implements Transport {
  readonly target = 'here'
  readonly folders = hostFolders()
  connections = 1
  /** Why no new line can be had. */
  unreachable: DeployError | undefined
  /** How often several commands were sent at once. */
  sequences = 0
  #commands = 0
  /** How many further commands meet a line that is cut. */
  #losing = 0
  readonly #open = new Set<() => void>()

  get counts(): TransportCounts {
    return { connections: this.connections, batches: 0, commands: this.#commands }
  }

  cut(): void {
    for (const hangUp of this.#open) hangUp()
  }

  loseNext(times: number): void {
    this.#losing = times
  }

  async ask(questions: readonly ShellQuestion[]): Promise<readonly Answer[]> {
    return Promise.all(questions.map(async ({ sh, as }) => this.run({ argv: ['bash', '-c', sh], as })))
  }

  async run(command: Command, { mark, onOutput }: RunOptions = {}): Promise<Answer> {
    this.#commands++
    if (this.#losing > 0) {
      this.#losing--
      throw connectionLost()
    }
    const { stdin } = command
    const nonce = newNonce()
    const bytes = stdin === undefined || isSource(stdin) ? undefined : bytesOf(stdin)
    const streamed = stdin !== undefined && isStreamed(stdin)
    const script = streamed ? composeStreamed(command, nonce, mark) : composeInvocation(command, nonce, bytes, mark)
    const shell = spawn('bash', ['-s'])
    shell.stdin.on('error', () => undefined)
    shell.stdin.write(this.folders.moved(driver()) + envelope(this.folders.moved(script)))
    const input = isSource(stdin) ? stdin.open() : Readable.from(streamed ? [bytes] : [])
    input.pipe(shell.stdin)
    const streams = {
      stdout: new MarkedOutput(nonce, Infinity, (text) => onOutput?.(text, 'stdout')),
      stderr: new MarkedOutput(nonce, Infinity, (text) => onOutput?.(text, 'stderr')),
    }
    return new Promise((resolve, reject) => {
      const hangUp = (): void => {
        this.#open.delete(hangUp)
        input.unpipe(shell.stdin)
        shell.stdin.destroy()
        shell.stdout.removeAllListeners('data').resume()
        shell.stderr.removeAllListeners('data').resume()
        reject(connectionLost())
      }
      this.#open.add(hangUp)
      for (const name of ['stdout', 'stderr'] as const) {
        shell[name].setEncoding('utf8').on('data', (piece: string) => streams[name].push(piece))
      }
      shell.on('close', () => {
        this.#open.delete(hangUp)
        const { stdout, stderr } = streams
        if (stdout.status === fencedOffCode && stderr.text.includes(fencedOff)) reject(lockLost())
        else resolve({ stdout: stdout.text, stderr: stderr.text, exitCode: stdout.status ?? 255 })
      })
    })
  }

  sequence(runs: readonly SequencedRun[], questions: readonly ShellQuestion[]): Sequence {
    this.sequences++
    const shell = this.#shell()
    const exchangeOf = (script: string, nonce: string, { onOutput }: RunOptions = {}): Exchange => ({
      script: this.folders.moved(script),
      nonce,
      keep: Infinity,
      most: Infinity,
      milliseconds: 60_000,
      ...(onOutput === undefined ? {} : { onOutput }),
    })
    const exchanges = runs.map(({ command, options = {} }, index) => {
      const nonce = newNonce()
      return exchangeOf(ifBefore(index, composed(command, nonce, options.mark), nonce), nonce, options)
    })
    const nonce = newNonce()
    const scripts = questions.map(({ sh }) => sh)
    const look = exchangeOf(ifBefore(runs.length, composeBatch(scripts, nonce), nonce), nonce)
    const settle: ((by: Exchanged) => void)[] = []
    const all = shell.exchangeAll([...exchanges, look], (index, by) => settle[index]?.(by))
    const heard = [...exchanges, look].map(
      async () =>
        new Promise<Exchanged>((resolve, reject) => {
          settle.push(resolve)
          all.catch(() => reject(connectionLost()))
        }),
    )
    const [asked = Promise.reject(connectionLost())] = heard.slice(runs.length)
    void all.finally(() => shell.close()).catch(() => undefined)
    return {
      answers: heard.slice(0, -1).map(async (one) => {
        const { stdout, stderr, status } = await one
        if (status === fencedOffCode && stderr.includes(fencedOff)) throw lockLost()
        return { stdout, stderr, exitCode: status }
      }),
      looked: asked.then(({ stdout }) => parseBatch(stdout, scripts, nonce)),
    }
  }

  /** A real one; what is cut off goes on, and nothing more is heard of it. */
  #shell(): Shell {
    const child = spawn('bash', ['-s'])
    child.stdin.on('error', () => undefined)
    const shell = new Shell()
    shell.listen({
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      onEnd: (listener) => {
        const hangUp = (): void => {
          this.#open.delete(hangUp)
          child.stdin.destroy()
          child.stdout.removeAllListeners('data').resume()
          child.stderr.removeAllListeners('data').resume()
          listener(undefined)
        }
        this.#open.add(hangUp)
        child.on('close', hangUp)
      },
      close: () => child.stdin.end(),
    })
    shell.write(this.folders.moved(driver()))
    return shell
  }

  async attach(job: string): Promise<Answer> {
    return Promise.reject(new Error(`there are no units here: ${job}`))
  }

  async reconnect(): Promise<void> {
    this.cut()
    if (this.unreachable !== undefined) throw this.unreachable
    this.connections++
    return Promise.resolve()
  }

  async close(): Promise<void> {
    return Promise.resolve(this.cut())
  }
}
