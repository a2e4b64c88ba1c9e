import { root } from '../../core/command.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { directivesOf, type DirectiveUse } from '../../probes/apache.js'
import { entryAt, fileAt, folderAt, type NamedEntry } from '../../probes/file.js'
import { modsEnabled } from '../apache/modules.js'
import { wsgiLoadFile } from '../apache/wsgi-load.js'
import { removeFile } from '../files.js'
import { modWsgiExpress, uninstall } from '../python/mod-wsgi.js'
import { nameOf, needing, stays, type Removal } from './removal.js'

/** Modules that Ubuntu does not enable itself: what the files of others begin a line with that need one. */
const directives: Readonly<Record<string, string>> = {
  wsgi: String.raw`WSGI|(Set|Add)Handler\s+\S*wsgi-script`,
  rewrite: 'Rewrite',
  // HeaderName is mod_autoindex's
  headers: String.raw`(Header|RequestHeader)\s`,
  expires: 'Expires',
  ssl: 'SSL(Engine|Certificate|Proxy)',
  // what mod_ssl keeps its sessions in
  socache_shmcb: 'SSL(Engine|Certificate|Proxy)',
  cgi: String.raw`(Set|Add)Handler\s+\S*cgi-script|ScriptLog`,
  cgid: String.raw`(Set|Add)Handler\s+\S*cgi-script|ScriptLog|ScriptSock`,
}

/** What the site has brought. Of the others nobody can tell who uses them by now. */
const candidates = ({ manifest, host }: Removal): readonly string[] =>
  manifest.modules.filter((name) => host?.before.modules[name] === false)

const probesOf = (removal: Removal) => {
  const { manifest } = removal
  const own = [manifest.vhost, manifest.include].map(nameOf)
  const asked = Object.fromEntries(
    candidates(removal).flatMap((name) => (name in directives ? [[name, directives[name] ?? '']] : [])),
  )
  return {
    enabled: folderAt(modsEnabled),
    uses: directivesOf([...new Set(own)], asked),
    load: fileAt(wsgiLoadFile),
    express: entryAt(modWsgiExpress),
  }
}

interface Found {
  readonly enabled: readonly NamedEntry[]
  readonly uses: readonly DirectiveUse[]
}

/** Other sites of ours by their names, configuration of others by its files. */
const users = (removal: Removal, name: string, { uses }: Pick<Found, 'uses'>): readonly string[] => [
  ...needing(removal, ({ modules }) => modules.includes(name)),
  ...uses.flatMap(({ module, file }) => (module === name && !isOfOthers(removal, file) ? [file] : [])),
]

/** Its manifest has spoken for it already. */
const isOfOthers = ({ others }: Removal, file: string): boolean =>
  others.some(({ enabled, include }) => file === enabled || file === include)

const isEnabled = ({ enabled }: Found, name: string): boolean =>
  enabled.some((entry) => entry.name === `${name}.load` && entry.kind === 'link')

const isUnused = (removal: Removal, name: string, is: Pick<Found, 'uses'>): boolean =>
  candidates(removal).includes(name) && users(removal, name, is).length === 0

/**
 * Modules that were enabled for this site and that nobody else needs are disabled again, as a2dismod does it; mod_wsgi's
 * own file, which we wrote, goes with it.
 *
 * @param removal what goes, and what stays
 */
export const removedModules = (removal: Removal): Step =>
  defineStep({
    id: 'apache.modules',
    why: 'a2dismod: what was enabled for this site, and what nobody else uses by now',
    title: `Apache modules of ${removal.manifest.site}`,
    probes: probesOf(removal),
    plan: (is): readonly Change[] => [
      ...candidates(removal)
        .filter((name) => isEnabled(is, name) && isUnused(removal, name, is))
        .toReversed()
        .map((name): Change => ({
          kind: 'remove',
          subject: `apache module ${name}`,
          run: [root('a2dismod', '-p', '-q', '-f', name)],
          undo: [root('a2enmod', '-q', name)],
        })),
      ...(isUnused(removal, 'wsgi', is) && removal.host?.before.paths[wsgiLoadFile] === null
        ? removeFile(wsgiLoadFile, is.load)
        : []),
    ],
    keeps: (is) =>
      candidates(removal).flatMap((name) => {
        const by = users(removal, name, is)
        return by.length === 0 || !isEnabled(is, name) ? [] : [stays(`the Apache module ${name}`, by)]
      }),
    triggers: ['apache.reload'],
  })

/**
 * mod_wsgi goes from the system's Python when nobody uses it and it was not there before.
 *
 * @param removal what goes, and what stays
 */
export const removedModWsgi = (removal: Removal): Step => {
  const isOurs = removal.host?.before.paths[modWsgiExpress] === null
  return defineStep({
    id: 'python.mod-wsgi',
    why: 'built for the sites of this host, of which none is left',
    title: 'mod_wsgi in the system Python',
    probes: probesOf(removal),
    plan: (is) =>
      isOurs && is.express !== null && isUnused(removal, 'wsgi', is)
        ? [{ kind: 'remove', subject: 'Python package mod_wsgi', run: [uninstall] }]
        : [],
    keeps: (is) =>
      is.express === null || (isOurs && isUnused(removal, 'wsgi', is))
        ? []
        : [stays('mod_wsgi in the Python of the host', modWsgiUsers(removal, is, isOurs))],
  })
}

const modWsgiUsers = (removal: Removal, is: Pick<Found, 'uses'>, isOurs: boolean): readonly string[] => {
  const by = users(removal, 'wsgi', is)
  return by.length > 0 ? by : [isOurs ? 'whoever enabled it' : 'whoever installed it']
}
