import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { isSource, type Answer, type Command } from '../../src/core/command.js'
import { DeployError } from '../../src/errors.js'
import { driver, envelope, newNonce } from '../../src/transport/frame.js'
import { fencedOff, fencedOffCode } from '../../src/transport/guard.js'
import { bytesOf, composeInvocation, composeStreamed } from '../../src/transport/invocation.js'
import { MarkedOutput } from '../../src/transport/marked-output.js'
import {
  isStreamed,
  type RunOptions,
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
        shell[name].on('data', (piece: Buffer) => streams[name].push(piece))
      }
      shell.on('close', () => {
        this.#open.delete(hangUp)
        const { stdout, stderr } = streams
        if (stdout.status === fencedOffCode && stderr.text.includes(fencedOff)) reject(lockLost())
        else resolve({ stdout: stdout.text, stderr: stderr.text, exitCode: stdout.status ?? 255 })
      })
    })
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
