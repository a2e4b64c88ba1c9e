import type { Site } from '../src/core/site.js'
import type { WantedRequirements } from '../src/probes/venv.js'
import { rootOwned } from '../src/steps/files.js'
import type { DaemonPython } from '../src/steps/site/as-daemon.js'
import type { Folder } from '../src/steps/site/folders.js'
import { emptyFolder, type Layout } from '../src/steps/site/layout.js'
import type { LiveSite } from '../src/steps/site/live.js'
import type { Vhost } from '../src/templates/vhost.js'

export const daemonPython = (site: Site, layout: Layout): DaemonPython => ({
  user: site.user,
  group: site.group,
  venv: layout.venv,
  code: layout.code,
  settings: site.settings,
})

export const liveSite = (site: Site, layout: Layout): LiveSite => ({
  name: site.name,
  serverName: site.serverName,
  port: site.port,
  path: site.check.path,
  statuses: site.check.statuses,
  user: site.user,
  venv: layout.venv,
  logs: layout.logs,
})

export const requirementsOf = (site: Site): WantedRequirements =>
  site.code.kind === 'path' && site.requirements.file !== undefined
    ? { text: '', file: `${site.code.path}/${site.requirements.file}`, optional: site.requirements.optional ?? false }
    : { text: site.requirements.text }

/** FLASK_APP, as `flask` understands it. */
export const flaskApp = ({ wsgi }: Site): string => `${wsgi.module}:${wsgi.object}${wsgi.factory ? '()' : ''}`

/** Where the code may lie when it is imported for the first time: not yet served, or served already. */
export const codeFolders = (site: Site, layout: Layout): readonly string[] =>
  site.code.kind === 'path'
    ? [site.code.path]
    : [`${layout.releases}/${site.code.stamp}-${site.code.hash.slice(0, 12)}`, layout.current]

/** Only what the daemon must write is the daemon's; everything else is root's. */
export const siteFolders = (site: Site, layout: Layout): readonly Folder[] => {
  const writable = { owner: site.user, group: site.group, mode: '0750' }
  return [
    { path: '/var/lib/deploy-flask', ...rootOwned('0755') },
    { path: emptyFolder, ...rootOwned('0755') },
    { path: layout.state, ...rootOwned('0700') },
    { path: '/etc/deploy-flask', ...rootOwned('0755') },
    { path: layout.settingsFolder, owner: 'root', group: site.group, mode: '0750' },
    { path: layout.root, ...rootOwned('0755') },
    ...(site.code.kind === 'folder' ? [{ path: layout.releases, ...rootOwned('0755') }] : []),
    { path: layout.venvs, ...rootOwned('0755') },
    { path: layout.wsgiFolder, ...rootOwned('0755') },
    { path: layout.data, ...writable },
  ]
}

export const vhostOf = (site: Site, layout: Layout): Omit<Vhost, 'listen'> => ({
  name: site.name,
  serverName: site.serverName,
  serverAliases: site.serverAliases,
  port: site.port,
  documentRoot: emptyFolder,
  user: site.user,
  group: site.group,
  daemon: site.daemon,
  pythonHome: layout.venv,
  code: layout.code,
  siteRoot: layout.root,
  static: site.static,
  wsgiFolder: layout.wsgiFolder,
  wsgiFile: `${site.name}.wsgi`,
  maxBody: site.maxBody,
})
