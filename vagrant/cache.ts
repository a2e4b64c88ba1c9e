import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

/** Outside the checkout: boxes outlive clones of the repository. */
export const cacheFolder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'deploy-flask')

/** This folder in the checkout, from its sources as well as from dist/. */
export const vagrantFolder = join(repositoryRoot(dirname(fileURLToPath(import.meta.url))), 'vagrant')

function repositoryRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder
  const parent = dirname(folder)
  if (parent === folder) throw new Error('no package.json above the folder vagrant/')
  return repositoryRoot(parent)
}

/** A short name of a recipe: changes when any of its files or words changes. */
export async function recipeKey(files: readonly string[], words: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) hash.update(await readFile(join(vagrantFolder, file)))
  for (const word of words) hash.update(`\0${word}`)
  return hash.digest('hex').slice(0, 10)
}

/**
 * Runs `work` while no other process on this machine runs work under the same name. The lock is held by a flock(1)
 * that ends with us, so a crashed run leaves nothing behind that somebody must judge to be stale.
 */
export async function withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(cacheFolder, { recursive: true })
  const holder = execa('flock', [join(cacheFolder, `${name}.lock`), 'sh', '-c', 'echo locked; cat'], { buffer: false })
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve())
      holder.catch(reject)
    })
    return await work()
  } finally {
    holder.stdin.end()
    await holder
  }
}

export function say(text: string): void {
  process.stderr.write(`vagrant: ${text}\n`)
}

export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}
