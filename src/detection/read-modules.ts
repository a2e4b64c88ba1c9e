import { faultNote, readInside, type Content, type Folder } from './folder.js'
import { namesIn, type Module } from './modules.js'
import type { Finding } from './project.js'
import { parsePython } from './python-parse.js'
import { noteIn } from './quote.js'

const mostFiles = 2000
const mostCharacters = 20_000_000
const atOnce = 32

export interface ReadModules {
  readonly modules: readonly Module[]
  readonly notes: readonly Finding<string>[]
}

/** Files that are for whoever works on the project. */
const isForTests = (path: string): boolean =>
  /(^|\/)(tests?|testing)\//.test(path) || /(^|\/)(test_[^/]*|[^/]*_test|conftest|setup|noxfile)\.py$/.test(path)

const isRead = (path: string): boolean => /\.(py|wsgi)$/.test(path) && !isForTests(path)

/** Every Python file of a folder, and the scripts that are written for mod_wsgi; bounded, for anything may be a project. */
export const readModules = async ({ top, files }: Folder): Promise<ReadModules> => {
  const modules: Module[] = []
  const notes: Finding<string>[] = []
  const paths = [...files].filter(isRead)
  let left = mostCharacters
  for (let done = 0; done < paths.length; done += atOnce) {
    if (done >= mostFiles || left < 0) {
      const text = `only ${Math.min(done, mostFiles)} of ${paths.length} Python files were looked at`
      notes.push(noteIn(text, paths[done] ?? '.', 'the first one left out'))
      break
    }
    const some = paths.slice(done, Math.min(done + atOnce, mostFiles))
    const contents = await Promise.all(some.map(async (path) => [path, await readInside(top, path)] as const))
    for (const [path, content] of contents) {
      left -= content?.text?.length ?? 0
      const { module, fault } = moduleOf(path, content)
      if (module !== undefined) modules.push(module)
      if (fault !== undefined) notes.push(faultNote(path, fault))
    }
  }
  return { modules, notes }
}

const moduleOf = (
  path: string,
  content: Content | undefined,
): { readonly module?: Module; readonly fault?: string | undefined } => {
  if (content?.text === undefined) return { fault: content?.fault }
  const parsed = parsePython(content.text)
  if (parsed === undefined) return { fault: 'nests too deep to be read' }
  return { module: { path, ...parsed, names: namesIn(parsed.body) }, fault: content.fault }
}
