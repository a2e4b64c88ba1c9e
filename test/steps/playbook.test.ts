import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { Site } from '../../src/core/site.js'
import { sampleSite } from '../fixtures/site.js'
import { phasesFor, type Given } from './harness.js'

const { code } = sampleSite()
const packaged: Site['code'] = code.kind === 'path' ? code : { ...code, isPackage: true }
const wheel = { path: 'shop-1.0.tar.gz', place: '/srv/notes/wheels/00/shop-1.0.tar.gz', sha256: '00' }

const here = fileURLToPath(new URL('.', import.meta.url))

const seed = { profile: 'seed', code: { path: '/home/me/notes' } }

/** Every step that there is belongs to one of these, also those that only some sites have. */
const sites: readonly (readonly [string, Given])[] = [
  ['examples/notes.yml', {}],
  ['code that is on the host', { flags: { code: { path: '/home/me/notes' } } }],
  ['a site that has everything', { of: 'shop' }],
  ['an application in an existing site', { of: 'wiki' }],
  ['a site whose code is built', { flags: { build: 'flask digest compile' } }],
  ['a site whose code is a package', { site: { code: packaged } }],
  ['a site that brings a package along', { site: { requirements: { text: '', packages: [wheel] } } }],
  ['a site whose data are migrated', { flags: { migrate: 'flask db upgrade' } }],
  [
    'a site with a certificate that is on the host',
    { flags: { tls: { certificate: '/etc/a.pem', key: '/etc/a.key' } } },
  ],
  ['a site whose certificate certbot obtains', { flags: { tls: { acme: { email: 'me@example.com', agree: true } } } }],
  ['the usual instructions, followed by hand', { flags: seed }],
]

const playbooks = await Promise.all(sites.map(async ([name, given]) => [name, await phasesFor(given)] as const))

const steps = [...new Set(playbooks.flatMap(([, phases]) => phases.flatMap((it) => it.steps.map(({ id }) => id))))]

const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
const registered = files.flatMap((file) =>
  [...readFileSync(join(here, file), 'utf8').matchAll(/^stepCases\('([^']+)'/gm)].map(([, id = '']) => ({ id, file })),
)

it('every step of the playbook has its cases, and all cases belong to one', () => {
  expect(registered.map(({ id }) => id).sort()).toEqual([...steps].sort())
})

it('cases lie beside the file that they are about', () => {
  for (const { id, file } of registered) {
    expect(existsSync(join(here, '../../src/steps', file.replace('.test.ts', '.ts'))), `${id} in ${file}`).toBe(true)
  }
})

describe.each(playbooks)('of %s', (_name, phases) => {
  const handlers = phases.flatMap((phase) => (phase.handlers ?? []).map(({ id }) => id))

  it('only pip begins before all packages are configured, and what runs the code waits for them', () => {
    const all = phases.flatMap((phase) => phase.steps)
    const early = all.filter(({ after }) => after?.until === 'ready').map(({ id }) => id)
    expect(early).toEqual(['python.mod-wsgi', 'python.venv', 'python.requirements'])
    for (const { id, after } of all) {
      if (id === 'site.build') expect(after).toEqual({ step: 'apt.packages', until: 'done' })
    }
  })

  it('an id belongs to one step or handler', () => {
    const ids = [...phases.flatMap((phase) => phase.steps.map(({ id }) => id)), ...handlers]
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  it('what steps trigger are handlers of their own or of a later phase', () => {
    phases.forEach((phase, index) => {
      const reachable = phases.slice(index).flatMap((later) => (later.handlers ?? []).map(({ id }) => id))
      for (const step of phase.steps) {
        // a site whose scripts are all found by a URL has nothing to import
        const triggers = (step.triggers ?? []).filter((id) => id !== 'site.import' || handlers.includes(id))
        expect(reachable, step.id).toEqual(expect.arrayContaining(triggers))
      }
    })
  })

  it('a step stands once, and what it waits for stands before it', () => {
    const order = phases.flatMap((phase) => phase.steps.map(({ id }) => id))
    const before = (one: string, other: string): boolean =>
      !order.some((id) => id === one) || order.findIndex((id) => id === one) < order.findIndex((id) => id === other)
    // Apache must not be asked to read what is not there yet
    for (const id of ['site.wsgi-script', 'site.htpasswd', 'apache.rewrite-maps', 'apache.listen', 'apache.modules']) {
      expect(before(id, 'apache.vhost'), id).toBe(true)
    }
    expect(before('site.account', 'site.folders')).toBe(true)
    expect(before('apache.vhost', 'apache.enabled-site')).toBe(true)
    if (order.includes('apache.existing-site')) expect(before('apache.include', 'apache.existing-site')).toBe(true)
  })
})
