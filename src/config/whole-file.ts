import { link, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

interface How {
  readonly mode: number
  /** Otherwise it fails with EEXIST where something lies, also where it came to lie in the meantime. */
  readonly replace: boolean
}

/** Whole, on the disk, or not there at all. */
export const writeWhole = async (path: string, text: string, { mode, replace }: How): Promise<void> => {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    const handle = await open(temporary, 'wx', mode)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (replace) await rename(temporary, path)
    // unlike rename(2) this takes nobody's place
    else await link(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}
