import { sha256 } from './content-hash.js'
import { readFolderContent, type FolderContent, type ReadFolderOptions } from './source.js'
import { Spool } from './spooled.js'

/** So many different sets of files may hosts have already; whoever comes with another one has its archive made anew. */
const mostSpared = 16

/** Reads each folder of code once, and packs it once, for as many hosts as there are. */
export class SharedCode {
  readonly #read = new Map<string, Promise<FolderContent>>()
  readonly #spool = new Spool()

  readonly readFolder = (folder: string, options: ReadFolderOptions = {}): Promise<FolderContent> => {
    const key = JSON.stringify([folder, options.leaveOut, options.only])
    const read = this.#read.get(key) ?? this.#readAnew(folder, options)
    this.#read.set(key, read)
    return read
  }

  close(): Promise<void> {
    return this.#spool.close()
  }

  async #readAnew(folder: string, options: ReadFolderOptions): Promise<FolderContent> {
    const { code, ...content } = await readFolderContent(folder, options)
    const spared = new Map<string, ReturnType<typeof code.sparing>>()
    const sparing = (known: ReadonlySet<string>): ReturnType<typeof code.sparing> => {
      const key = sha256([...known].sort().join(' '))
      const found = spared.get(key)
      if (found !== undefined) return found
      const made = code.sparing(known)
      if (spared.size >= mostSpared) return made
      const shared = { ...made, archive: this.#spool.share(made.archive) }
      spared.set(key, shared)
      return shared
    }
    return { ...content, code: { ...code, archive: this.#spool.share(code.archive), sparing } }
  }
}
