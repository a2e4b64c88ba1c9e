import { flagsFile } from '../config/schema.js'
import { application, flags } from './adopt-application.js'
import { databases, files } from './adopt-files.js'
import { processes } from './adopt-processes.js'
import { Draft, type Adoption } from './draft.js'
import { codeFolderOf, isSimple, rootFor, scriptOf, venvOf, type Around, type Seen } from './seen.js'

const names = (draft: Draft, { site, host }: Seen): void => {
  draft.take('site', site.name, site.path)
  if (host.serverName !== undefined) draft.take('server-name', host.serverName, site.path)
  else draft.notes.push('it has no ServerName: add "server-name", the name that people ask for')
  const known = flagsFile.shape['server-aliases']
  const aliases = host.aliases.filter((alias) => known.safeParse([alias]).success)
  if (aliases.length > 0) draft.take('server-aliases', aliases, site.path)
  const strange = host.aliases.filter((alias) => !aliases.includes(alias))
  if (strange.length > 0) draft.take('server-aliases', strange, site.path)
  if (isSimple({ site, host, scripts: new Map() })) draft.take('profile', 'seed', 'nothing but what the file says')
  if (host.addresses.some((address) => address !== '*')) draft.take('addresses', host.addresses, site.path)
  if (host.port !== 80) draft.take('port', host.port, site.path)
}

const code = (draft: Draft, seen: Seen): void => {
  const folder = codeFolderOf(seen)
  const script = scriptOf(seen)
  const because = script?.read.codeLine === undefined ? seen.site.path : `${script.path}:${script.read.codeLine}`
  const root = rootFor(seen.site.name, folder)
  if (root !== undefined) draft.take('root', root, 'the usual one holds the code')
  draft.take('code', { path: folder }, because)
}

const environment = (draft: Draft, seen: Seen, around: Around): void => {
  const venv = venvOf(seen)
  const folder = codeFolderOf(seen)
  const hasList = around.kinds[`${folder}/requirements.txt`] === 'file'
  if (venv === undefined) {
    draft.notes.push(
      "it uses the packages of the host's own Python; a site of deploy-flask has an environment of its own: name in " +
        '"requirements" what is to be in it',
    )
    draft.take('requirements', hasList ? 'requirements.txt' : false, folder)
    return
  }
  draft.take('venv', venv, seen.site.path)
  if (around.kinds[`${venv}/bin/python`] !== 'file') {
    draft.notes.push(`${venv} is no virtual environment, or cannot be read: the plan will say what it lacks`)
  }
  draft.take('requirements', false, 'what is installed there stays')
  if (hasList) {
    draft.notes.push(
      'nothing will be installed; with "requirements: requirements.txt" what that file lists is kept installed',
    )
  }
}

const httpd = (draft: Draft, { host, site }: Seen): void => {
  for (const [key, value] of host.settings) {
    if (typeof value === 'object' && value !== null) draft.takeEach(key, { ...value }, site.path)
    else draft.take(key, value, site.path)
  }
}

/**
 * What a site that was made by hand is in the words of the flags file, and what these cannot say.
 *
 * @param seen its virtual host and its scripts
 * @param around what lies at the paths that they name
 */
export const adoptionOf = (seen: Seen, around: Around): Adoption => {
  const draft = new Draft(seen, around)
  names(draft, seen)
  code(draft, seen)
  environment(draft, seen, around)
  application(draft, seen, around)
  flags(draft, seen)
  processes(draft, seen)
  files(draft, seen, around)
  databases(draft, seen, around)
  httpd(draft, seen)
  if (around.distribution) {
    draft.notes.push(
      'mod_wsgi comes from a package of Ubuntu: the plan is refused until "replace-distribution-module: true" says that it may be replaced, for all sites of the host',
    )
  }
  const script = scriptOf(seen)
  const isOurs = draft.settings.some(({ key }) => key === 'wsgi')
  const isSafe = !draft.left.some(({ protects }) => protects)
  draft.take(
    'adopted',
    {
      ...(isSafe ? { 'virtual-host': seen.site.sha256 } : {}),
      ...(isOurs && script !== undefined ? { script: script.path, 'script-hash': script.sha256 } : {}),
    },
    seen.site.path,
  )
  return {
    settings: draft.settings,
    left: draft.left,
    notes: draft.notes,
    virtualHost: seen.site.sha256,
    isSafe,
  }
}
