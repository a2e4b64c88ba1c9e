import type { CheckedOut, RepositoryCode } from '../core/repository.js'
import type { Secret } from '../core/secret.js'
import type { Connection, InitCommand, Site } from '../core/site.js'
import { resolveCode } from './code.js'
import { connectionOf, sudoPassword } from './connection.js'
import { dotted } from './mistake.js'
import type { OwnProject } from './own-project.js'
import { checkRules, type Names, type Where } from './rules.js'
import type { FlagsFile, SecretReference } from './schema.js'
import { passwordHash } from './password-hash.js'
import { placeholders, resolveSecrets, type Nearby } from './secrets.js'
import { servedBy, type Served } from './site-applications.js'
import {
  accessOf,
  authenticationOf,
  environOf,
  logLevelOf,
  rewriteMapsOf,
  staticFilesOf,
  staticPatternsOf,
  timeoutsOf,
} from './site-httpd.js'
import { processGroupsOf } from './site-process-groups.js'
import { tlsOf, tlsReferences } from './site-tls.js'
import type { readFolderContent } from './source.js'

export interface Surroundings extends Nearby {
  readonly now: Date
  /** Path of the flags file: it stays at home when it lies in the folder of the code. */
  readonly file?: string
  /** Where in the flags file a field stands; what loadFlagsFile returned. */
  readonly where?: Where
  /** Nothing will be sent: secrets need not be there, and are not looked up. */
  readonly withoutSecrets?: boolean
  /** Told how to reach the host as soon as that is known: reading the code takes about as long as dialling. */
  readonly dial?: (connection: Connection) => void
  /** Reads what the project in a folder needs. */
  readonly ownProject?: (folder: string) => Promise<OwnProject | undefined>
  /** Reads a folder, or says what it has read of it before. */
  readonly readFolder?: typeof readFolderContent
  /** Brings a repository to this computer. */
  readonly checkOut?: (wanted: RepositoryCode) => Promise<CheckedOut>
}

export interface Resolved {
  readonly site: Site
  readonly connection: Connection
  /** What a person should know of the code, a sentence each. */
  readonly notes: readonly string[]
}

/** From what a person wrote to what the playbook needs: complete, and refused here when it cannot be done. */
export const resolveSite = async (flags: FlagsFile, around: Surroundings): Promise<Resolved> => {
  const where = around.where ?? ((...path) => `the flags file, ${dotted(path)}`)
  const names = namesOf(flags)
  checkRules(flags, names, where)
  const references = secretReferences(flags)
  const secrets = around.withoutSecrets === true ? placeholders(references) : await resolveSecrets(references, around)
  const connection = connectionOf(flags, around, secrets)
  around.dial?.(connection)
  const { code, requirements, notes, ...layout } = await resolveCode(flags, {
    ...around,
    where,
    root: names.root,
    secrets: Object.values(references),
  })
  const codeFolder = code.kind === 'path' ? code.path : `${names.root}/current`
  const folders = { root: names.root, code: codeFolder }
  const served = servedBy(flags, folders)
  const logLevel = logLevelOf(flags)
  const hash = around.withoutSecrets === true ? () => Promise.resolve('') : passwordHash
  const authentication = await authenticationOf(flags, secrets, hash)
  const { tls, notes: ofTls } = tlsOf(flags, { ...around, root: names.root, secrets })
  const site: Site = {
    name: flags.site,
    profile: flags.profile,
    serverName: flags['server-name'],
    serverAliases: flags['server-aliases'],
    addresses: flags.addresses,
    port: flags.port,
    ...(tls === undefined ? {} : { tls }),
    ...existingSiteOf(flags),
    ...adoptedOf(flags),
    ...names,
    code,
    codeFolder,
    ...layout,
    ...venvOf(flags),
    ...mainOf(served),
    ...served,
    processGroups: processGroupsOf(flags, { user: names.user, group: names.group, codeFolder }),
    restrictEmbedded: flags['restrict-embedded'] ?? (flags.profile === 'seed' || flags.embedded ? false : 'auto'),
    requirements,
    ...(flags.pip['index-url'] === undefined ? {} : { pipIndexUrl: flags.pip['index-url'] }),
    requireHashes: flags.pip['require-hashes'],
    aptPatience: { lock: flags.apt['lock-seconds'], stall: flags.apt['stall-seconds'] },
    settings: settingsOf(flags, secrets),
    ...commandsOf(flags),
    keepBackups: flags['keep-backups'],
    static: staticFilesOf(flags, folders),
    staticPatterns: staticPatternsOf(flags, folders),
    environ: environOf(flags),
    rewriteMaps: rewriteMapsOf(flags),
    ...(authentication === undefined ? {} : { authentication }),
    access: accessOf(flags, folders),
    ...(flags.profile === 'seed' && flags['max-body'] === undefined ? {} : { maxBody: flags['max-body'] ?? usualBody }),
    timeouts: timeoutsOf(flags),
    errorDocuments: Object.entries(flags['error-documents']),
    ...(logLevel === undefined ? {} : { logLevel }),
    headers: Object.entries(flags.headers),
    ...(flags['server-tokens'] === undefined ? {} : { serverTokens: flags['server-tokens'] }),
    check: checkOf(flags, served),
    keepReleases: flags['keep-releases'],
    replaceDistributionModule: flags['replace-distribution-module'],
    allowUnsupported: flags['allow-unsupported'],
  }
  return { site, connection, notes: [...notes, ...ofTls] }
}

const usualBody = 10_485_760

const statuses = (from: number, below: number): readonly number[] =>
  Array.from({ length: below - from }, (_, index) => from + index)

/** The host asks as anybody would, without a login: where there is a rule, being refused is an answer too. */
const refusals = (path: string, { access }: FlagsFile): readonly number[] =>
  access.some(({ url = '/', folder }) => folder === undefined && path.startsWith(url.replace(/\/$/, '')))
    ? [401, 403]
    : []

/** Any answer but an error: a login page often answers with a redirect. Of a folder nobody knows what its URL answers. */
const checkOf = (flags: FlagsFile, { applications }: Served): Site['check'] => {
  const { check } = flags
  const mounted = applications.find(({ mount }) => mount.kind === 'url')?.mount
  const url = mounted?.kind === 'url' ? mounted.url : undefined
  const below = check.path === undefined && url === undefined ? 500 : 400
  const path = check.path ?? (url === undefined || url === '/' ? '/' : `${url}/`)
  return {
    path,
    statuses: check.statuses ?? [...statuses(200, below), ...refusals(path, flags)],
    ...(check.body === undefined ? {} : { body: check.body }),
    ...(check.within === undefined ? {} : { within: check.within }),
  }
}

const existingSiteOf = (flags: FlagsFile): Pick<Site, 'existingSite'> => {
  const wanted = flags['existing-site']
  if (wanted === undefined) return {}
  return { existingSite: { file: `/etc/apache2/sites-available/${wanted.file}`, addInclude: wanted['add-include'] } }
}

const adoptedOf = ({ adopted }: FlagsFile): Pick<Site, 'adopted'> => {
  if (adopted === undefined) return {}
  const { 'virtual-host': virtualHost, script: path, 'script-hash': sha256 } = adopted
  const script = path === undefined ? undefined : { path, ...(sha256 === undefined ? {} : { sha256 }) }
  return {
    adopted: { ...(virtualHost === undefined ? {} : { virtualHost }), ...(script === undefined ? {} : { script }) },
  }
}

/** Where somebody who follows the usual instructions has it. */
const venvOf = (flags: FlagsFile): Pick<Site, 'venv'> => {
  const seed = flags.profile === 'seed' ? `${rootOf(flags)}/env` : undefined
  const venv = flags.venv ?? seed
  return venv === undefined ? {} : { venv }
}

const mainOf = ({ applications }: Served): Pick<Site, 'wsgi'> => {
  for (const { script } of applications) {
    if (script.kind === 'generated' && 'module' in script.wsgi) return { wsgi: script.wsgi }
  }
  return {}
}

const rootOf = (flags: FlagsFile): string => flags.root ?? `/srv/${flags.site}`

const namesOf = (flags: FlagsFile): Names => {
  const root = rootOf(flags)
  const user = flags.user ?? (flags.profile === 'seed' || flags.embedded ? 'www-data' : `flask-${flags.site}`)
  return {
    root,
    user,
    group: flags.group ?? user,
    sqlite: flags.sqlite.map((file) => (file.startsWith('/') ? file : `${root}/data/${file}`)),
  }
}

const commandOf = (written: FlagsFile['init']): InitCommand | undefined => {
  const [program, ...rest] = typeof written === 'string' ? written.split(' ') : (written ?? [])
  return program === undefined ? undefined : { argv: [program, ...rest] }
}

const commandsOf = (flags: FlagsFile): Pick<Site, 'build' | 'init' | 'migrate'> => {
  const [build, init, migrate] = [commandOf(flags.build), commandOf(flags.init), commandOf(flags.migrate)]
  return {
    ...(build === undefined ? {} : { build }),
    ...(init === undefined ? {} : { init }),
    ...(migrate === undefined ? {} : { migrate }),
  }
}

const secretReferences = (flags: FlagsFile): Readonly<Record<string, SecretReference>> => ({
  ...Object.fromEntries(
    Object.entries(flags.settings).flatMap(([name, value]) =>
      typeof value === 'object' ? [[`settings.${name}`, value] as const] : [],
    ),
  ),
  ...Object.fromEntries(
    Object.entries(flags.authentication?.users ?? {}).map(([user, password]) => [
      `authentication.users.${user}`,
      password,
    ]),
  ),
  ...(typeof flags.authentication?.['users-file'] === 'object'
    ? { 'authentication.users-file': flags.authentication['users-file'] }
    : {}),
  ...tlsReferences(flags),
  ...(flags.ssh['sudo-password'] === undefined ? {} : { [sudoPassword]: flags.ssh['sudo-password'] }),
})

const settingsOf = (flags: FlagsFile, secrets: ReadonlyMap<string, Secret>): Site['settings'] =>
  Object.fromEntries(
    Object.entries(flags.settings).flatMap(([name, value]) => {
      const known = typeof value === 'object' ? secrets.get(`settings.${name}`) : String(value)
      return known === undefined ? [] : [[name, known]]
    }),
  )
