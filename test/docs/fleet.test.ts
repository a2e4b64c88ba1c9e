import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fleetSettings } from '../../src/config/usual-settings.js'
import { plainText } from '../../src/render/colour.js'
import { plansText } from '../../src/render/fleet-plan-text.js'
import { outcomesText } from '../../src/render/fleet-text.js'
import { deployFlask } from '../helpers/cli.js'
import { commandTree } from '../helpers/tree.js'
import { changed, failing } from '../fleet/hosts.js'
import { notBegun } from '../../src/fleet/outcome.js'

const page = await readFile(new URL('../../docs/how-to/fleet.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, kind = '', text = '']) => ({ kind, text }))
const [flags = ''] = blocks.filter(({ kind }) => kind === 'yaml').map(({ text }) => text)
const pictures = blocks.filter(({ kind }) => kind === '').map(({ text }) => text)

describe('docs/how-to/fleet.md', () => {
  it('has a flags file that is read, with the hosts that it says', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'deploy-flask.yml')
    await writeFile(file, flags)
    const { stdout, stderr, exitCode } = await deployFlask(['fleet', 'list', '-f', file])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('web12.example.com')
    expect(stdout).toMatch(/^staging\.example\.com +staging +settings\.DEBUG: 1$/m)
    expect(stdout).toContain('13 hosts')
  })

  const lines = blocks
    .filter(({ kind }) => kind === 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line.startsWith('deploy-flask '))

  it.each(lines)('shows what can be typed: %s', async (line) => {
    const { root, calls } = commandTree()
    await root.parseAsync(
      line
        .replace(/ +#.*$/, '')
        .split(' ')
        .slice(1),
      { from: 'user' },
    )
    expect(calls).toHaveLength(1)
  })

  it('shows plans and outcomes as they are shown', () => {
    const change = (kind: 'update' | 'run', subject: string) => ({ kind, subject, run: [] })
    const plan = {
      phases: [
        {
          title: 'Site',
          handlers: [],
          steps: [
            {
              id: 'site.settings',
              title: 'Settings',
              state: 'change',
              changes: [change('update', 'file /etc/deploy-flask/shop/settings.json')],
            },
            { id: 'site.init', title: 'Init', state: 'change', changes: [change('run', 'flask init-db')] },
          ],
        },
      ],
    } as const
    expect(`${plansText([{ plan, hosts: ['web01', 'web02', 'web03'] }], { colours: plainText })}`.trimEnd()).toBe(
      pictures[0]?.trimEnd(),
    )
    const outcomes = [
      { ...changed('web01'), changes: 2, milliseconds: 4_100 },
      notBegun('web02'),
      { ...failing('web03', 'APT_LOCKED'), milliseconds: 1_200 },
    ]
    expect(outcomesText(outcomes, plainText).trimEnd()).toBe(pictures[1]?.trimEnd())
  })

  it('names every setting of fleets', () => {
    for (const { option } of fleetSettings) expect(page).toContain(option)
  })
})
