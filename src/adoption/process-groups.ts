import { isAtOrBelow } from '../config/dangerous-paths.js'
import type { HandDaemon, HandHost, HandMount, HandScope } from './hand-made.js'

const isAbout = ({ folder, url }: HandScope, { script, url: mounted }: HandMount): boolean => {
  if (folder !== undefined) return isAtOrBelow(script, folder)
  return url === undefined || url === '/' || mounted === url || mounted.startsWith(`${url}/`)
}

/** As Apache merges sections: those of URLs after those of folders, and the deeper folder after the other. */
const rank = ({ folder, url }: HandScope): number =>
  url !== undefined ? 10_000 : folder === undefined ? -1 : folder.length

/** What is said of a script, wherever in the virtual host. */
export const saidOf = (host: HandHost, mount: HandMount, name: string): string | undefined =>
  host.scopes
    .filter((scope) => scope.said.has(name) && isAbout(scope, mount))
    .toSorted((one, other) => rank(one) - rank(other))
    .at(-1)
    ?.said.get(name)?.[0]

/** The name of the process group of a script; undefined: it runs inside Apache. */
export const groupOf = (host: HandHost, mount: HandMount): string | undefined => {
  const name = mount.processGroup ?? saidOf(host, mount, 'wsgiprocessgroup')
  return name === '%{GLOBAL}' ? undefined : name
}

export const daemonOf = (host: HandHost, mount: HandMount): HandDaemon | undefined =>
  host.daemons.find(({ name }) => name === groupOf(host, mount))

const booleans = new Set(['server-metrics'])
const lists: Readonly<Record<string, string>> = { 'python-path': ':', 'supplementary-groups': ',' }
const texts = new Set(['umask', 'display-name', 'lang', 'locale', 'newrelic-environment'])

const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)

const valueOf = (name: string, written: string): unknown => {
  if (booleans.has(name)) return written.toLowerCase() === 'on'
  const separator = lists[name]
  if (separator !== undefined)
    return written
      .split(separator)
      .filter((part) => part !== '')
      .map(withoutSlash)
  if (!texts.has(name) && /^-?\d{1,15}$/.test(written)) return Number(written)
  // 4 digits, as the setting wants it
  if (name === 'umask') return written.padStart(4, '0')
  return withoutSlash(written)
}

/** The options that are settings under the same name. `apart`: those that stand elsewhere in the flags file. */
export const optionsOf = ({ options }: HandDaemon, apart: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    [...options].flatMap(([name, written]) => (apart.includes(name) ? [] : [[name, valueOf(name, written)]])),
  )
