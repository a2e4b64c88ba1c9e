import { spawn, type ChildProcess } from 'node:child_process'
import { bin } from './cli.js'

export interface WorkerProcess {
  readonly child: ChildProcess
  /** All that it has told so far. */
  said(): string
  /** As a service manager does it; answers with its exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
}

interface WorkerOptions {
  /** Of the Redis. */
  readonly url: string
  readonly directory: string
  readonly env?: Readonly<Record<string, string>>
  /** Further words of its command line. */
  readonly args?: readonly string[]
}

/** `deploy-flask worker`, as its users start it: a process of its own. */
export const startWorker = ({ url, directory, env = {}, args = [] }: WorkerOptions): WorkerProcess => {
  const child = spawn(process.execPath, [bin, 'worker', '--queue', url, '--directory', directory, ...args], {
    env: { ...process.env, NO_COLOR: '1', CI: '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  child.stderr.on('data', (piece: Buffer) => (text += piece.toString('utf8')))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    child,
    said: () => text,
    stop: async () => {
      child.kill('SIGTERM')
      return ended
    },
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

export const startWorkers = (count: number, options: WorkerOptions): readonly WorkerProcess[] =>
  Array.from({ length: count }, () => startWorker(options))
