import { spawn } from 'node:child_process'
import { MarkedOutput } from '../../src/transport/marked-output.js'

export interface Heard {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly exitCode: number | null
}

/** What a local bash does with this on its stdin. */
export const bash = async (input: string | Buffer): Promise<Heard> =>
  new Promise((resolve) => {
    const shell = spawn('bash', ['-s'])
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    shell.stdout.on('data', (piece: Buffer) => stdout.push(piece))
    shell.stderr.on('data', (piece: Buffer) => stderr.push(piece))
    shell.on('close', (exitCode) => resolve({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), exitCode }))
    shell.stdin.on('error', () => undefined)
    shell.stdin.end(input)
  })

/** What stands between a frame's marks. */
export const within = (output: Buffer, nonce: string): { text: string; status: number | undefined } => {
  const marked = new MarkedOutput(nonce, Infinity)
  marked.push(output.toString())
  return { text: marked.text, status: marked.status }
}
