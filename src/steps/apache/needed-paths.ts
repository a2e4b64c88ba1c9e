import { dirname } from 'node:path/posix'
import type { Behaviour, ProcessGroup } from '../../core/applications.js'
import type { Site } from '../../core/site.js'
import type { Layout } from '../site/layout.js'
import type { NeededPath } from './paths.js'

type Who = Pick<NeededPath, 'user' | 'group'>

const apache: Who = { user: 'www-data' }

/** Who loads a script; nobody knows it where a variable of the request decides. */
const loadersOf = ({ processGroups }: Site, { processGroup }: Pick<Behaviour, 'processGroup'>): readonly Who[] => {
  if (processGroup === '%{GLOBAL}') return [apache]
  return processGroups.flatMap(({ name, user, group }) => (name === processGroup ? [{ user, group }] : []))
}

/** Apache's own account looks at a script, the daemon's reads it. */
const scripts = (site: Site): readonly NeededPath[] => [
  ...site.applications.flatMap(({ script, from, processGroup }) =>
    script.path.includes('$')
      ? []
      : [apache, ...loadersOf(site, { processGroup })].map((who): NeededPath => ({
          path: script.path,
          kind: script.kind === 'folder' ? 'folder' : 'file',
          ...who,
          from,
        })),
  ),
  ...site.directories.flatMap(({ fallback, folder, from, processGroup }) =>
    fallback === undefined
      ? []
      : [apache, ...loadersOf(site, { processGroup })].map((who): NeededPath => ({
          path: fallback.generated?.path ?? `${folder}/${fallback.name}`,
          kind: 'file',
          ...who,
          from: `${from}.fallback`,
        })),
  ),
]

/** The scripts that we write load the settings, as whoever runs them. */
const settings = (site: Site, layout: Layout): readonly NeededPath[] => {
  if (site.profile === 'seed' && Object.keys(site.settings).length === 0) return []
  const running = [
    ...site.applications.map(({ script, ...it }) => ({ ...it, path: script.path })),
    ...site.directories.map(({ fallback, ...it }) => ({ ...it, path: fallback?.generated?.path })),
  ]
  return layout.scripts.flatMap((script) =>
    running
      .filter(({ path }) => path === script.path)
      .flatMap((it) =>
        loadersOf(site, it).map((who): NeededPath => ({
          path: script.settings,
          kind: 'file',
          ...who,
          from: `${it.from}: settings`,
        })),
      ),
  )
}

/** Apache reads both as root, before it becomes anybody else. */
const certificate = ({ tls }: Site): readonly NeededPath[] =>
  tls?.key === undefined || tls.acme !== undefined
    ? []
    : [
        { path: tls.certificate, kind: 'file', user: 'root', from: 'tls.certificate' },
        { path: tls.key, kind: 'file', user: 'root', from: 'tls.key' },
      ]

const files = ({
  directories,
  static: all,
  staticPatterns,
  rewriteMaps,
  authentication,
}: Site): readonly NeededPath[] => [
  ...directories.map(({ folder, from }): NeededPath => ({ path: folder, kind: 'folder', ...apache, from })),
  ...all.map(({ url, path, from }): NeededPath => ({
    path,
    kind: url.endsWith('/') ? 'folder' : 'file',
    ...apache,
    from,
  })),
  ...staticPatterns.map(({ path, from }): NeededPath => ({
    path: dirname(path.replace(/\$.*$/, 'x')),
    kind: 'folder',
    ...apache,
    from,
  })),
  ...rewriteMaps.map(({ path, from }): NeededPath => ({ path, kind: 'file', ...apache, from })),
  ...(authentication === undefined
    ? []
    : [{ path: authentication.path, kind: 'file', ...apache, from: 'authentication.users-file' } as const]),
]

/** A daemon looks for all of these after chroot (mod_wsgi: WSGIDaemonProcess). */
const ofDaemon = ({ user, group, options, from }: ProcessGroup, venv: string): readonly NeededPath[] => {
  const of = (name: string): string | undefined => options.find(([option]) => option === name)?.[1]
  const inside = (path: string): string => `${of('chroot') ?? ''}${path}`
  const home = of('home')
  return [
    { path: inside(of('python-home') ?? venv), kind: 'venv', user, group, from: `${from}.python-home` },
    ...(home === undefined ? [] : [{ path: inside(home), kind: 'folder', user, group, from: `${from}.home` } as const]),
    ...(of('python-path')?.split(':') ?? []).map((path): NeededPath => ({
      path: inside(path),
      kind: 'folder',
      user,
      group,
      from: `${from}.python-path`,
    })),
  ]
}

/**
 * Everything that the configuration of a site names, with whoever needs it; what a request decides is left out (mod_wsgi:
 * Application Issues, Access Rights Of Apache User).
 *
 * @param site complete and validated
 * @param layout where it lies on the host
 */
export const neededPaths = (site: Site, layout: Layout): readonly NeededPath[] => {
  const all = [
    ...scripts(site),
    ...settings(site, layout),
    ...files(site),
    ...certificate(site),
    ...site.processGroups.flatMap((group) => ofDaemon(group, layout.venv)),
  ]
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()]
}
