import { resolve } from 'node:path'
import { readText, type FileKind } from '../config/flags-text.js'
import { DeployError } from '../errors.js'
import type { Written } from './pattern.js'

const limitFile: FileKind = {
  code: 'INVENTORY_UNREADABLE',
  name: 'the file of hosts',
  megabytes: 10,
  missing: 'check the path that follows --limit @',
  other: 'give the path of a text file with one name a line',
}

/** What `--limit` says, each as it was given: a pattern, or `@FILE` with a pattern a line. */
export const readLimits = async (limits: readonly string[], cwd: string): Promise<readonly Written[]> => {
  const found: Written[] = []
  for (const limit of limits) {
    if (limit.startsWith('@')) found.push(...(await linesOf(limit.slice(1), cwd)))
    else found.push({ text: limit, origin: '--limit' })
  }
  return found
}

/** Empty lines and what follows # say nothing. */
const linesOf = async (file: string, cwd: string): Promise<readonly Written[]> => {
  const { text } = await readText(resolve(cwd, file), limitFile)
  const lines = text.split('\n').map((line) => line.replace(/#.*/s, '').trim())
  const written = lines.flatMap((line, index) => (line === '' ? [] : [{ text: line, origin: `${file}:${index + 1}:` }]))
  if (written.length > 0) return written
  throw new DeployError('NO_HOST_MATCHES', {
    what: 'the file of hosts names no host',
    where: file,
    remedy: 'write one name a line into it, or leave out --limit to mean all hosts',
  })
}
