import { createHash } from 'node:crypto'
import { parse } from 'yaml'
import { readHost } from '../../src/adoption/read-host.js'
import type { Adoption } from '../../src/adoption/draft.js'
import { readScript } from '../../src/adoption/script.js'
import type { Around } from '../../src/adoption/seen.js'
import { adoptionOf } from '../../src/adoption/settings.js'
import { suitableHost } from '../../src/adoption/suitable.js'
import { adoptedText } from '../../src/adoption/texts.js'
import { handMadeSites, type HandMade, type SiteFile } from '../../src/adoption/virtual-hosts.js'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

export const siteFile = (name: string, text: string): SiteFile => ({
  enabled: `/etc/apache2/sites-enabled/${name}.conf`,
  path: `/etc/apache2/sites-available/${name}.conf`,
  text,
  sha256: sha256(text),
})

export const siteOf = (name: string, text: string): HandMade => {
  const [site] = handMadeSites([siteFile(name, text)]).sites
  if (site === undefined) throw new Error('no site of mod_wsgi')
  return site
}

export interface Given {
  readonly name?: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly around?: Partial<Around>
}

export const adopted = (text: string, { name = 'shop', scripts = {}, around = {} }: Given = {}): Adoption => {
  const site = siteOf(name, text)
  const host = readHost(site.path, site.nodes, suitableHost(site))
  const read = Object.entries(scripts).map(
    ([path, script]) => [path, { path, sha256: sha256(script), read: readScript(script) }] as const,
  )
  return adoptionOf(
    { site, host, scripts: new Map(read) },
    { kinds: {}, databases: [], closed: [], distribution: false, ...around },
  )
}

/** The flags file that is written, read again as YAML, without what every case has. */
export const flagsOf = (adoption: Adoption): Readonly<Record<string, unknown>> => {
  const text = adoptedText(adoption, { schema: undefined, host: 'h', others: {}, path: '/p' })
  const { version, host, ...rest } = parse(text) as Record<string, unknown>
  if (version !== 1 || host !== 'h') throw new Error('not a flags file')
  return rest
}

/** Line numbers of what was not taken over. */
export const leftOf = ({ left }: Adoption): readonly string[] =>
  left.map(({ where, text, protects }) => `${where.replace(/^.*:/, '')} ${text}${protects ? ' !' : ''}`)
