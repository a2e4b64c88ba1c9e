import { posix } from 'node:path'
import { dangerOfSqliteFolder } from '../config/dangerous-paths.js'
import type { Draft } from './draft.js'
import { accountOf, codeFolderOf, rootFor, type Around, type Seen } from './seen.js'

export const files = (draft: Draft, { host }: Seen, { kinds }: Around): void => {
  const served: Record<string, string> = {}
  for (const { url, path, line } of host.files) {
    const kind = kinds[path]
    if (kind === 'directory') served[`${url}/`] = path
    else if (kind === 'file') served[url] = path
    else
      draft.left.push({
        where: draft.at(line),
        text: `Alias ${url} ${path}`,
        why: 'there is nothing at that path',
        protects: false,
      })
  }
  if (Object.keys(served).length > 0)
    draft.takeEach('static', served, host.files.map(({ line }) => draft.at(line)).join(', '))
}

/** A folder that holds code must not be writable for the application, and would be refused. */
export const databases = (draft: Draft, seen: Seen, around: Around): void => {
  const folder = codeFolderOf(seen)
  const scripts = seen.host.mounts.map(({ script }) => ({ folder: posix.dirname(script), what: 'scripts of the site' }))
  const served = seen.host.files.map(({ path }) => ({ folder: path, what: 'files that anybody can download' }))
  const layout = {
    own: [seen.site.name, accountOf(seen).user],
    root: rootFor(seen.site.name, folder) ?? `/srv/${seen.site.name}`,
    code: folder,
    inside: [...scripts, ...served],
  }
  const usable: string[] = []
  for (const path of around.databases) {
    const danger = dangerOfSqliteFolder(posix.dirname(path), layout)
    if (danger === undefined) usable.push(path)
    else
      draft.notes.push(
        `the database ${path} is used as it is, and not backed up: its folder cannot be named, ${danger}`,
      )
  }
  if (usable.length > 0) draft.take('sqlite', usable, `found; ${accountOf(seen).user} can write there`)
  for (const path of around.closed) {
    draft.notes.push(
      `${accountOf(seen).user} cannot write the database ${path}, or its folder: name it in "sqlite" where the application does`,
    )
  }
}
