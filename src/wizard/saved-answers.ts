import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { draft, type Draft } from './draft.js'

const saved = z.strictObject({ version: z.literal(1), folder: z.string(), time: z.iso.datetime(), draft })

export interface SavedAnswers {
  readonly time: Date
  readonly draft: Draft
}

export interface Around {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the folder of the project: each has answers of its own. */
  readonly folder: string
}

/** XDG Base Directory Specification: what should outlive a restart of the program, and is no configuration. */
const pathOf = ({ env, folder }: Around): string => {
  const given = env['XDG_STATE_HOME']
  const state = given?.startsWith('/') === true ? given : join(env['HOME'] ?? homedir(), '.local', 'state')
  return join(state, 'deploy-flask', `answers-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.json`)
}

/** What cannot be read is as good as not there: everything is asked again. */
export const readAnswers = async (around: Around): Promise<SavedAnswers | undefined> => {
  try {
    const found = saved.parse(JSON.parse(await readFile(pathOf(around), 'utf8')))
    return found.folder === around.folder ? { time: new Date(found.time), draft: found.draft } : undefined
  } catch {
    return undefined
  }
}

/** Readable for its owner only, and whole or not there at all. No answer is worth a failure. */
export const keepAnswers = async (around: Around, answers: Draft, time: Date): Promise<boolean> => {
  const path = pathOf(around)
  const temporary = `${path}.${process.pid}.tmp`
  const document = { version: 1, folder: around.folder, time: time.toISOString(), draft: answers }
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(temporary, `${JSON.stringify(document)}\n`, { mode: 0o600 })
    await rename(temporary, path)
    return true
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined)
    return false
  }
}

export const forgetAnswers = async (around: Around): Promise<void> => {
  await rm(pathOf(around), { force: true }).catch(() => undefined)
}
