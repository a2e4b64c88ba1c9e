import type { Context } from './context.js'
import { readInside } from './folder.js'
import { prefixIn } from './prefixed.js'
import type { Finding } from './project.js'
import { foundAt } from './quote.js'

/** What the language itself asks for, and the files that name one version. */
export const pythonIn = async (context: Context): Promise<readonly Finding<string>[]> => {
  const { folder, modules } = context
  const found: Finding<string>[] = []
  for (const file of ['.python-version', 'runtime.txt']) {
    const [line = ''] = (await readInside(folder.top, file))?.text?.split('\n') ?? []
    const [, minor] = /^(?:python-)?([0-9]+\.[0-9]+)(\.[0-9]+)?\s*$/.exec(line) ?? []
    if (minor !== undefined) found.push(foundAt(`==${minor}.*`, file, { line: 1, text: line }))
  }
  const prefix = prefixIn(context)
  // it came with Flask 2.2
  if (prefix !== undefined) found.push(foundAt('>=3.7', prefix.path, prefix.at))
  const newest = new Set<string>()
  for (const { path, remarks } of modules) {
    for (const { since, line, text } of remarks) {
      if (since === undefined || newest.has(since)) continue
      newest.add(since)
      found.push(foundAt(`>=${since}`, path, { line, text }))
    }
  }
  return found
}
