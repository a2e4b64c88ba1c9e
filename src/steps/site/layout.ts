import { createHash } from 'node:crypto'
import type { GeneratedScript } from '../../core/applications.js'
import type { Site } from '../../core/site.js'

/** A script that we write, and where it finds its settings. */
interface PlacedScript extends GeneratedScript {
  readonly settings: string
}

/** Where everything of one site lies on the host. */
export interface Layout {
  readonly root: string
  readonly releases: string
  /** Link to the release that is served. */
  readonly current: string
  /** The code as the daemon sees it: `current`, or the folder that was on the host already. */
  readonly code: string
  /** Where packages that come with the code are installed from. */
  readonly packages: string
  readonly venvs: string
  readonly venv: string
  readonly data: string
  readonly wsgiFolder: string
  /** The WSGI scripts that we write. */
  readonly scripts: readonly PlacedScript[]
  readonly settingsFolder: string
  /** Of the site's own account, which `init` and the import run as. */
  readonly settings: string
  /** A copy for each group that one of our scripts runs as, which nobody else can read; the site's own first. */
  readonly settingsFiles: readonly { readonly path: string; readonly group: string }[]
  readonly state: string
  readonly initDone: string
  readonly vhost: string
  readonly enabled: string
  /** What the virtual host of somebody else includes. */
  readonly include: string
  readonly logs: { readonly error: string; readonly access: string }
}

/** An empty folder of root's: the DocumentRoot of every site, so that no code is ever below one. */
export const emptyFolder = '/var/lib/deploy-flask/empty'

/** A venv belongs to its requirements: other requirements get a venv of their own, beside the one that is serving. */
const venvName = (site: Site): string => {
  if (site.code.kind === 'path' && site.requirements.file !== undefined) return 'default'
  const lines = site.requirements.text.split('\n').map((line) => line.trim())
  return createHash('sha256')
    .update(lines.filter((line) => line !== '').join('\n'))
    .digest('hex')
    .slice(0, 12)
}

/** In embedded mode it is Apache's; where a variable of the request decides, the site's own. */
const groupRunning = ({ processGroups, group }: Site, processGroup: string): string =>
  processGroup === '%{GLOBAL}' ? 'www-data' : (processGroups.find(({ name }) => name === processGroup)?.group ?? group)

/** Beside the site's folder, which its group alone can enter. */
const settingsFor = ({ name, group: own }: Site, group: string): string =>
  `/etc/deploy-flask/${group === own ? `${name}/settings` : `${name}.${group}.settings`}.json`

interface Running {
  readonly script: GeneratedScript
  readonly group: string
}

const generatedScripts = (site: Site): readonly Running[] => [
  ...site.applications.flatMap(({ script, processGroup }) =>
    script.kind === 'generated' ? [{ script, group: groupRunning(site, processGroup) }] : [],
  ),
  ...site.directories.flatMap(({ fallback, processGroup }) =>
    fallback?.generated === undefined ? [] : [{ script: fallback.generated, group: groupRunning(site, processGroup) }],
  ),
]

const apacheLogs = '/var/log/apache2'

/** The seed's virtual host has no logs of its own: its lines are in those of the server. */
const logsOf = ({ name, profile, existingSite }: Site): Layout['logs'] =>
  profile === 'seed' || existingSite !== undefined
    ? { error: `${apacheLogs}/error.log`, access: `${apacheLogs}/other_vhosts_access.log` }
    : { error: `${apacheLogs}/${name}-error.log`, access: `${apacheLogs}/${name}-access.log` }

export const layoutOf = (site: Site): Layout => {
  const { root, name } = site
  const venvs = `${root}/venvs`
  const state = `/var/lib/deploy-flask/${name}`
  const scripts = generatedScripts(site)
  const groups = [...new Set([site.group, ...scripts.map(({ group }) => group)])]
  return {
    root,
    releases: `${root}/releases`,
    current: `${root}/current`,
    code: site.codeFolder,
    packages: `${root}/wheels`,
    venvs,
    venv: site.venv ?? `${venvs}/${venvName(site)}`,
    data: `${root}/data`,
    wsgiFolder: `${root}/wsgi`,
    scripts: scripts.map(({ script, group }) => ({ ...script, settings: settingsFor(site, group) })),
    settingsFolder: `/etc/deploy-flask/${name}`,
    settings: settingsFor(site, site.group),
    settingsFiles: groups.map((group) => ({ path: settingsFor(site, group), group })),
    state,
    initDone: `${state}/init-done`,
    vhost: `/etc/apache2/sites-available/${name}.conf`,
    enabled: `/etc/apache2/sites-enabled/${name}.conf`,
    include: `/etc/apache2/deploy-flask/${name}.conf`,
    logs: logsOf(site),
  }
}
