import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'vitest'
import { KEEPER, silentSeconds } from '../../src/engine/keeper-script.js'
import type { HostFolders } from '../helpers/host-folders.js'

export interface KeeperOptions {
  /** Who it is, as it is told to others. */
  readonly info: string
  readonly wait?: number
  readonly again?: boolean
  readonly env?: Record<string, string>
  /** Seconds without a word. */
  readonly silent?: number
}

/** The real keeper, for folders of this machine. */
export class Keeper {
  readonly process: ChildProcessWithoutNullStreams
  readonly ended: Promise<number | null>
  #said = ''
  #errors = ''

  constructor(host: HostFolders, token: string, options: KeeperOptions) {
    const { info, wait = 0, again = false, env, silent = silentSeconds } = options
    const script = host.moved(KEEPER).replace(`hear(${silentSeconds})`, `hear(${silent})`)
    const args = ['-e', script, token, String(wait), again ? '1' : '', info]
    this.process = spawn('perl', args, { env: { ...process.env, SSH_CONNECTION: '', ...env } })
    this.process.stdout.on('data', (text) => (this.#said += String(text)))
    this.process.stderr.on('data', (text) => (this.#errors += String(text)))
    this.process.stdin.on('error', () => undefined)
    this.ended = new Promise((resolve) => this.process.once('close', resolve))
  }

  get errors(): string {
    return this.#errors
  }

  get said(): readonly unknown[] {
    return this.#said
      .split('\n')
      .slice(0, -1)
      .map((line): unknown => JSON.parse(line))
  }

  /** What it says last, once it has said something with this key. */
  async says(key: string): Promise<unknown> {
    await expect.poll(() => JSON.stringify(this.said.at(-1) ?? {}), { timeout: 5_000 }).toContain(`"${key}":`)
    return this.said.at(-1)
  }

  word(text = '\n'): void {
    this.process.stdin.write(text)
  }

  hangUp(): void {
    this.process.stdin.end()
  }
}

export const lockIsFree = (path: string): boolean => {
  try {
    execFileSync('flock', ['-n', path, 'true'])
    return true
  } catch {
    return false
  }
}

/** Something that keeps a lock until the test lets it go. */
export const occupy = async (host: HostFolders, name: string): Promise<() => void> => {
  const path = join(host.run, name)
  const occupier = spawn('flock', ['-s', path, 'cat'], { stdio: ['pipe', 'ignore', 'ignore'] })
  await expect.poll(() => lockIsFree(path)).toBe(false)
  return () => occupier.stdin.end()
}
