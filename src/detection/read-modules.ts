import { faultNote, readInside, type Folder } from './folder.js'
import { namesIn, type Module } from './modules.js'
import type { Finding } from './project.js'
import { parsePython } from './python-parse.js'
import { noteIn } from './quote.js'

const mostFiles = 2000
const mostCharacters = 20_000_000

export interface ReadModules {
  readonly modules: readonly Module[]
  readonly notes: readonly Finding<string>[]
}

/** Every Python file of a folder, and the scripts that are written for mod_wsgi; bounded, for anything may be a project. */
export const readModules = async ({ top, files }: Folder): Promise<ReadModules> => {
  const modules: Module[] = []
  const notes: Finding<string>[] = []
  let left = mostCharacters
  const paths = [...files].filter((path) => /\.(py|wsgi)$/.test(path))
  for (const [index, path] of paths.entries()) {
    if (index === mostFiles || left < 0) {
      notes.push(noteIn(`only ${index} of ${paths.length} Python files were looked at`, path, 'the first one left out'))
      break
    }
    const content = await readInside(top, path)
    if (content?.fault !== undefined) notes.push(faultNote(path, content.fault))
    if (content?.text === undefined) continue
    left -= content.text.length
    const parsed = parsePython(content.text)
    if (parsed === undefined) notes.push(noteIn('nests too deep to be read', path, 'its content'))
    else modules.push({ path, ...parsed, names: namesIn(parsed.body) })
  }
  return { modules, notes }
}
