import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadFlagsFile, readFlags } from '../src/config/load.js'
import { resolveSite } from '../src/config/site.js'
import type { CheckedOut, RepositoryCode } from '../src/core/repository.js'
import { commandTree } from './helpers/tree.js'

const docs = new URL('../docs/', import.meta.url)
const home = mkdtempSync(join(tmpdir(), 'deploy-flask-home-'))
mkdirSync(join(home, '.config/shop'), { recursive: true })
writeFileSync(join(home, '.config/shop/mail'), 'not the real one\n')

describe('examples/', () => {
  const folder = new URL('../examples/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.yml'))

  it.each(files)('%s is a flags file that is accepted, and its code is there', async (name) => {
    const { flags, directory, where } = await loadFlagsFile(fileURLToPath(new URL(name, folder)))
    const env = { NOTES_SECRET_KEY: 'not the real one' }
    // nobody has this repository: what would come from it is beside the flags file
    const checkOut = ({ git, ref = 'main' }: RepositoryCode): Promise<CheckedOut> =>
      Promise.resolve({
        folder: fileURLToPath(new URL('hello', folder)),
        origin: { git, ref, commit: 'a'.repeat(40) },
        submodules: [],
        pointers: [],
      })
    const { site } = await resolveSite(flags, { directory, env, now: new Date(), where, checkOut })
    expect(site.name).toBe(flags.site)
  })

  it('has one for a folder that is sent, a secret, a repository, code on the host, and HTTPS', () => {
    expect(files.sort()).toEqual(['existing-code.yml', 'from-git.yml', 'https.yml', 'minimal.yml', 'notes.yml'])
  })
})

const documents = [
  'README.md',
  ...readdirSync(docs, { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`),
]
  .filter((name) => name.endsWith('.md'))
  .sort()

const textOf = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')

/** Of one host: those of fleets, and inventories, have a test of their own. */
const examples = documents
  .flatMap((name) =>
    [...textOf(name).matchAll(/^ *```yaml\n([\s\S]*?)^ *```/gm)].map((match) => [name, match[1] ?? ''] as const),
  )
  .filter(([, text]) => !/^ *(hosts|inventory):/m.test(text))

describe('the flags files in the documentation', () => {
  it('are there', () => {
    expect(new Set(examples.map(([name]) => name)).size).toBeGreaterThanOrEqual(5)
  })

  it.each(examples)('%s: are accepted: %s', async (name, example) => {
    const indent = /^ */.exec(example)?.[0] ?? ''
    const text = example.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    const { flags, where } = readFlags(text, name)
    // nobody has these folders here: what does not need them is checked
    const given = { ...flags, code: { path: '/opt/shop' }, build: undefined, migrate: undefined }
    const env = { HOME: home, SHOP_SECRET_KEY: 'not the real one', ALICE_PASSWORD: 'not the real one' }
    const { site } = await resolveSite(given, { directory: '/nonexistent', env, now: new Date(), where })
    expect(site.name).toBe(flags.site)
  })
})

describe('what the documentation names is there', () => {
  const links = documents.flatMap((name) =>
    [...textOf(name).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => [name, match[1] ?? ''] as const),
  )

  it.each(links)('%s: %s', (name, link) => {
    expect(existsSync(new URL(link, new URL(`../${name}`, import.meta.url)))).toBe(true)
  })

  // errors.md is made from a table that has a test of its own
  const written = documents.filter((name) => name !== 'docs/errors.md')
  const code = /^ *```[\s\S]*?^ *```|`[^`\n]+`|^ {4}.*$/gm
  const commands = written.flatMap((name) =>
    (textOf(name).match(code) ?? []).flatMap((text) =>
      [...text.matchAll(/(?:`|^ *(?:\$ )?)deploy-flask ([a-z]+)((?: +--?[a-z-]+)*)/gm)].map(
        (match) => [name, match[1] ?? '', match[2] ?? ''] as const,
      ),
    ),
  )

  const { root: tree } = commandTree()

  it.each(commands)('%s: deploy-flask %s%s', (_, command, options) => {
    const found = tree.commands.find((one) => one.name() === command)
    expect(found, command).toBeDefined()
    const known = found?.options.flatMap((option) => [option.long, option.short]) ?? []
    for (const option of options.trim().split(/ +/).filter(Boolean)) expect([...known, '--help']).toContain(option)
  })
})
