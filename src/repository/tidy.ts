import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const kept = 5
const day = 24 * 60 * 60 * 1000

/** Of the copies of one repository, the last that were used stay; what a run that was killed had begun goes after a day. */
export const tidy = async (folder: string, now: Date): Promise<void> => {
  const copies = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name)
      // another run may be tidying up, too
      const used = await stat(path).catch(() => undefined)
      return { path, isBegun: name.startsWith('.'), used: used?.mtimeMs ?? 0 }
    }),
  )
  const whole = copies.filter(({ isBegun }) => !isBegun).sort((one, other) => other.used - one.used)
  const begun = copies.filter(({ isBegun, used }) => isBegun && now.getTime() - used > day)
  for (const { path } of [...whole.slice(kept), ...begun]) await rm(path, { recursive: true, force: true })
}
