import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadFlagsFile, readFlags } from '../src/config/load.js'
import { resolveSite } from '../src/config/site.js'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')

describe('examples/', () => {
  const folder = new URL('../examples/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.yml'))

  it.each(files)('%s is a flags file that is accepted, and its code is there', async (name) => {
    const { flags, directory, where } = await loadFlagsFile(fileURLToPath(new URL(name, folder)))
    const env = { NOTES_SECRET_KEY: 'not the real one' }
    const { site } = await resolveSite(flags, { directory, env, now: new Date(), where })
    expect(site.name).toBe(flags.site)
  })

  it('has one for a folder that is sent, one for a secret, one for code on the host', () => {
    expect(files.sort()).toEqual(['existing-code.yml', 'minimal.yml', 'notes.yml'])
  })
})

describe('README.md', () => {
  const examples = [...readme.matchAll(/^ *```yaml\n([\s\S]*?)^ *```/gm)].map((match) => match[1] ?? '')

  it('shows flags files', () => {
    expect(examples.length).toBeGreaterThanOrEqual(2)
  })

  it.each(examples)('shows only flags files that are accepted: %s', async (example) => {
    const indent = /^ */.exec(example)?.[0] ?? ''
    const text = example.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    const { flags, where } = readFlags(text, 'README.md')
    // nobody has these folders here: what does not need them is checked
    const given = { ...flags, code: { path: '/opt/shop' } }
    const env = { SHOP_SECRET_KEY: 'not the real one', ALICE_PASSWORD: 'not the real one' }
    const { site } = await resolveSite(given, { directory: '/nonexistent', env, now: new Date(), where })
    expect(site.name).toBe(flags.site)
  })
})
