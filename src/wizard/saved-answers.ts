import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { userFolder } from '../config/user-folders.js'
import { writeWhole } from '../config/whole-file.js'
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

const pathOf = ({ env, folder }: Around): string =>
  join(
    userFolder(env, 'XDG_STATE_HOME'),
    `answers-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.json`,
  )

/** What cannot be read is as good as not there: everything is asked again. */
export const readAnswers = async (around: Around): Promise<SavedAnswers | undefined> => {
  try {
    const found = saved.parse(JSON.parse(await readFile(pathOf(around), 'utf8')))
    return found.folder === around.folder ? { time: new Date(found.time), draft: found.draft } : undefined
  } catch {
    return undefined
  }
}

/** Readable for its owner only. No answer is worth a failure. */
export const keepAnswers = async (around: Around, answers: Draft, time: Date): Promise<void> => {
  const path = pathOf(around)
  const document = { version: 1, folder: around.folder, time: time.toISOString(), draft: answers }
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeWhole(path, `${JSON.stringify(document)}\n`, { mode: 0o600, replace: true })
  } catch {
    // a folder that cannot be written: next time everything is asked again
  }
}

export const forgetAnswers = async (around: Around): Promise<void> => {
  await rm(pathOf(around), { force: true }).catch(() => undefined)
}
