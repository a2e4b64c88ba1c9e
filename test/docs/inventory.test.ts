import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { formats } from '../../src/inventory/format.js'
import { fleetIn, namesOf, particular, shown } from '../inventory/fleet.js'

const docs = new URL('../../docs/', import.meta.url)
const page = readFileSync(new URL('how-to/inventory.md', docs), 'utf8')

const blocksOf = (text: string, language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`(?:${language})\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block)

/** The files of the page, each called as its first line says. */
const files = Object.fromEntries(blocksOf(page, 'yaml|ini').map((text) => [/^# (\S+)/.exec(text)?.[1] ?? '', text]))

const flagsFile = files['deploy-flask.yml'] ?? ''

describe('docs/how-to/inventory.md', () => {
  it('has a flags file whose hosts are as it says', async () => {
    const fleet = await fleetIn({ 'deploy-flask.yml': flagsFile })
    expect(shown(fleet)).toMatchObject({
      'web01.example.com': { groups: ['eu', 'canary', 'world'], 'settings.REGION': 'eu', 'daemon.threads': 8 },
      'web03.example.com': { groups: ['eu', 'world'], host: 'web03.example.com' },
      '192.0.2.7': { groups: ['world'], host: 'me@192.0.2.7' },
      london: { groups: ['eu', 'canary', 'world'], 'server-name': 'london.example.com', 'ssh.port': 2222 },
    })
    expect(namesOf(fleet)).toHaveLength(5)
  })

  it('has an inventory of ours, and a flags file that names it', async () => {
    const fleet = await fleetIn({ ...files, 'deploy-flask.yml': files['with-inventory.yml'] ?? '' })
    expect(namesOf(fleet)).toHaveLength(20)
    expect(fleet.groups).toEqual(['canary'])
  })

  it('has an inventory of Ansible, which is stronger as an option', async () => {
    const fleet = await fleetIn(files, { inventory: 'hosts.ini' })
    expect(namesOf(fleet)).toHaveLength(4)
    expect(fleet.hosts.slice(-1).map(particular)).toEqual([
      {
        host: '192.0.2.8',
        'ssh.port': 2222,
        'ssh.user': 'deployer',
        'daemon.threads': 8,
        'settings.REGION': 'eu',
      },
    ])
  })

  const patterns = page
    .split('\n')
    .filter((line) => /^\| `.*\|/.test(line) && !line.includes('ansible_') && !line.includes('deploy_flask'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, pattern = '']) => pattern))

  it.each(patterns)('shows the pattern %s, which means somebody', async (pattern) => {
    const found = await fleetIn(
      { 'deploy-flask.yml': flagsFile, 'failed.txt': 'london\n' },
      { limits: [pattern] },
    ).catch((error: unknown) => error)
    // every host of the example is in a group
    if (pattern === 'ungrouped') expect(found).toMatchObject({ code: 'NO_HOST_MATCHES' })
    else expect(found).toMatchObject({ hosts: expect.arrayContaining([expect.anything()]) as unknown })
  })

  it('shows all forms', () => {
    for (const format of formats) expect(page).toContain(`\`${format}:`)
    expect(patterns).toHaveLength(15)
  })
})

describe('the flags files of fleets in the documentation', () => {
  const examples = readdirSync(docs, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !name.endsWith('how-to/inventory.md'))
    .flatMap((name) => blocksOf(readFileSync(new URL(name, docs), 'utf8'), 'yaml').map((text) => [name, text] as const))
    .filter(([, text]) => /^hosts:/m.test(text))

  it('have hosts', async () => {
    for (const [name, text] of examples) {
      expect((await fleetIn({ 'deploy-flask.yml': text })).hosts.length, name).toBeGreaterThan(0)
    }
    expect(blocksOf(page, 'yaml').filter((text) => /^hosts:/m.test(text))).toHaveLength(2)
  })
})
