import { expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { resolveSite, type Resolved } from '../../src/config/site.js'
import { folderWith, refusal, type Tree } from './folders.js'

const base = `version: 1
host: a.test
site: notes
server-name: notes.test
`

const now = new Date('2026-11-24T20:13:00Z')
const env = { PW: 'hunter2' }

/** The code is on the host unless `tree` is what is sent; the lines begin at line 6. */
const resolved = async (lines: string, tree?: Tree): Promise<Resolved> => {
  const code = tree === undefined ? 'code: {path: /srv/app}' : 'code: {folder: .}'
  const { flags, where } = readFlags(`${base}${code}\n${lines}\n`, 'f.yml')
  return resolveSite(flags, { directory: tree === undefined ? '/' : folderWith(tree), env, now, where })
}

/** What is told of these lines, without the name of the file. */
const evidenceOf = async (lines: string, tree?: Tree): Promise<readonly string[]> => {
  const error = await refusal(() => resolved(lines, tree))
  expect(['CONFIG_INVALID', 'PATH_DANGEROUS', 'SOURCE_INVALID', 'REQUIREMENTS_INVALID']).toContain(error.code)
  return (error.fault.evidence ?? '').split('\n').map((line) => line.replace(/^f\.yml:/, ''))
}

/** Lines, and the beginning of each message with its line, column and field. */
export type Bad = readonly [lines: string, ...messages: readonly string[]]

export const refuses = (cases: readonly Bad[], tree?: Tree): void => {
  it.each(cases)('refuses %s', async (lines, ...messages) => {
    expect(await evidenceOf(lines, tree)).toEqual(messages.map((message): unknown => expect.stringContaining(message)))
  })
}

export const accepts = (cases: readonly string[], tree?: Tree): void => {
  it.each(cases)('accepts %s', async (lines) => {
    await expect(resolved(lines, tree)).resolves.toBeDefined()
  })
}
