import { diffLines } from 'diff'
import { parse } from 'yaml'
import { readFlags } from '../../src/config/load.js'
import { resolveSite } from '../../src/config/site.js'
import type { Site } from '../../src/core/site.js'
import { DeployError } from '../../src/errors.js'
import { include, vhost, type Places, type Wording } from '../../src/templates/vhost.js'

/** The least that a flags file can say; nothing of it is read from the disk. */
const least = {
  version: 1,
  host: 'a.test',
  site: 'shop',
  'server-name': 'shop.example.com',
  code: { path: '/srv/code' },
  wsgi: 'shop:app',
}

const everySecret: Readonly<Record<string, string>> = new Proxy({}, { get: () => 'hunter2' })

/** Throws a DeployError where the flags file is refused. */
const siteFrom = async (flags: object): Promise<Site> => {
  const read = readFlags(JSON.stringify(flags), 'f.yml')
  const around = { directory: '/', env: everySecret, now: new Date(0), where: read.where }
  return (await resolveSite(read.flags, around)).site
}

/** The least, with these lines instead of or beside it; `wsgi: null` takes it out. */
export const siteOf = async (...lines: readonly string[]): Promise<Site> => {
  const merged = lines.reduce<object>((all, some) => ({ ...all, ...(parse(some) as object | null) }), least)
  const flags = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
  return siteFrom(flags).catch((error: unknown) => {
    // a test that expects a text has to say why there is none
    throw error instanceof DeployError ? new Error(`${error.message}\n${error.fault.evidence ?? ''}`) : error
  })
}

export const placesOf = (site: Site): Places => ({
  venv: site.venv ?? `${site.root}/venvs/0123456789ab`,
  documentRoot: '/var/lib/deploy-flask/empty',
  restrictEmbedded: site.restrictEmbedded === true,
})

export const vhostFor = (site: Site, wording?: Wording): string => vhost(site, placesOf(site), wording)

export const includeFor = (site: Site, wording?: Wording): string => include(site, wording)

export const vhostOf = async (lines: string, wording?: Wording): Promise<string> =>
  vhostFor(await siteOf(lines), wording)

const unindented = (text: string): string => {
  const lines = text.replace(/\n$/, '').split('\n')
  const indent = Math.min(...lines.map((line) => line.search(/[^ ]/)))
  return lines.map((line) => line.slice(indent)).join('\n')
}

/**
 * What these lines of the flags file change in the virtual host, beside or instead of those before: the new lines, in
 * blocks as they stand there, and with a minus the old ones. The unchanged rest is known: it is the text of the first test of `hosts.test.ts`.
 */
export const changes = async (lines: string, before = ''): Promise<string> => {
  const parts = diffLines(vhostFor(await siteOf(before)), vhostFor(await siteOf(before, lines)))
  return parts
    .filter(({ added, removed }) => added || removed)
    .map(({ added, value }) => (added ? unindented(value) : unindented(value).replace(/^/gm, '- ')))
    .join('\n\n')
}
