import type { Site } from '../../core/site.js'
import { createHash } from 'node:crypto'

/** Where everything of one site lies on the host. */
export interface Layout {
  readonly root: string
  readonly releases: string
  /** Link to the release that is served. */
  readonly current: string
  /** The code as the daemon sees it: `current`, or the folder that was on the host already. */
  readonly code: string
  readonly venvs: string
  readonly venv: string
  readonly data: string
  readonly wsgiFolder: string
  readonly wsgiScript: string
  readonly settingsFolder: string
  readonly settings: string
  readonly state: string
  readonly initDone: string
  readonly vhost: string
  readonly enabled: string
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

export const layoutOf = (site: Site): Layout => {
  const { root, name } = site
  const venvs = `${root}/venvs`
  const state = `/var/lib/deploy-flask/${name}`
  return {
    root,
    releases: `${root}/releases`,
    current: `${root}/current`,
    code: site.code.kind === 'path' ? site.code.path : `${root}/current`,
    venvs,
    venv: `${venvs}/${venvName(site)}`,
    data: `${root}/data`,
    wsgiFolder: `${root}/wsgi`,
    wsgiScript: `${root}/wsgi/${name}.wsgi`,
    settingsFolder: `/etc/deploy-flask/${name}`,
    settings: `/etc/deploy-flask/${name}/settings.json`,
    state,
    initDone: `${state}/init-done`,
    vhost: `/etc/apache2/sites-available/${name}.conf`,
    enabled: `/etc/apache2/sites-enabled/${name}.conf`,
    logs: { error: `/var/log/apache2/${name}-error.log`, access: `/var/log/apache2/${name}-access.log` },
  }
}
