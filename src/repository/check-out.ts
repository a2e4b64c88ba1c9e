import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { CheckedOut, Origin, RepositoryCode } from '../core/repository.js'
import { DeployError } from '../errors.js'
import { bringCommit } from './bring-commit.js'
import { Git } from './git.js'
import { usualLimits, type Limits } from './listing.js'
import { readBack } from './read-back.js'
import { resolveRef } from './resolve-ref.js'
import { tidy } from './tidy.js'

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: Date
  /** Folder for copies of commits, which is ours alone. */
  readonly cache: string
  /** What a plan was made from: it is this commit that was agreed to, wherever its branch is by now. */
  readonly planned?: Origin | undefined
  readonly limits?: Limits
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)

/** A commit as files on this computer. One that was fetched before, and is still whole, is not fetched again. */
export const checkOut = async (
  { git: url, ref: asked, subfolder }: RepositoryCode,
  { env, now, cache, planned, limits = usualLimits }: Surroundings,
): Promise<CheckedOut> => {
  const git = new Git(url, env)
  const found = planned === undefined ? await resolveRef(git, asked) : { ...planned, wanted: planned.commit }
  const { commit, ref } = found
  const all = join(cache, digest(url))
  const place = join(all, subfolder === undefined ? commit : `${commit}-${digest(subfolder)}`)
  const origin = { git: url, ref, commit }
  return storing(place, url, async () => {
    const copy = await wholeCopy(place)
    if (copy !== undefined) {
      await utimes(place, now, now)
      return { ...copy, origin }
    }
    await rm(place, { recursive: true, force: true })
    const beside = join(all, `.new-${randomUUID()}`)
    await mkdir(beside, { recursive: true, mode: 0o700 })
    try {
      await bringCommit(git, { ...found, subfolder, limits }, beside)
      await rename(beside, place).catch(unlessThere)
    } finally {
      await rm(beside, { recursive: true, force: true })
    }
    await tidy(all, now)
    const brought = await wholeCopy(place)
    if (brought === undefined) throw new Error(`the copy of ${commit} is not what was written`)
    return { ...brought, origin }
  })
}

/** Another run was as quick, and has brought the same. */
const unlessThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}

/** Undefined: it is not there, or somebody has changed it. */
const wholeCopy = async (place: string): Promise<Omit<CheckedOut, 'origin'> | undefined> => {
  const folder = join(place, 'code')
  const listing = await readFile(join(place, 'listing'), 'latin1').catch(() => undefined)
  if (listing === undefined) return undefined
  const lines = listing.split('\0').filter((line) => line !== '')
  const isSubmodule = (line: string): boolean => line.startsWith('submodule ')
  const found = await readBack(folder, /^\w+ (\w+)/.exec(lines[0] ?? '')?.[1] ?? '').catch(() => undefined)
  const wanted = lines.filter((line) => !isSubmodule(line)).sort()
  if (found === undefined || wanted.join('\0') !== found.lines.join('\0')) return undefined
  const submodules = lines.filter(isSubmodule).map((line) => line.split(' ').slice(2).join(' '))
  return {
    folder,
    pointers: found.pointers,
    submodules: submodules.map((path) => Buffer.from(path, 'latin1').toString('utf8')),
  }
}

/** What the disk of this computer says. */
const storing = async <T>(place: string, url: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof Error) || cause instanceof DeployError || !('code' in cause)) throw cause
    if (cause.code === 'EEXIST') {
      throw new DeployError(
        'SOURCE_UNSENDABLE',
        {
          what: 'two names in the repository are the same on this computer, which does not tell A from a',
          where: url,
          evidence: cause.message,
          remedy: 'rename one of them, or deploy from a computer that tells them apart, as Linux does',
        },
        { cause },
      )
    }
    throw new DeployError(
      'OUTPUT_UNWRITABLE',
      {
        what: `the copy of the repository cannot be kept on this computer: ${cause.message}`,
        where: place,
        remedy: 'make room there, or name another folder in the variable XDG_CACHE_HOME',
      },
      { cause },
    )
  }
}
