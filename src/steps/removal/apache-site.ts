import { root } from '../../core/command.js'
import { byHandFile } from '../../core/host-paths.js'
import type { Probe } from '../../core/probe.js'
import { Secret } from '../../core/secret.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { entryAt, fileAt, type Entry } from '../../probes/file.js'
import { managedBy } from '../../templates/vhost.js'
import { existingSiteWithout } from '../apache/existing-site.js'
import { removeFile, restoreFile, writeFile } from '../files.js'
import { notMounted } from '../mounts.js'
import type { Removal } from './removal.js'

const notALink = (path: string, { kind }: Entry): DeployError =>
  new DeployError('FOREIGN_FILE', {
    what: `${path} is not a link: somebody keeps a ${kind} of their own there`,
    remedy: 'move it away: a2ensite makes links',
  })

/** One that nobody but us has written, whatever was noted of it. */
const ours = (removal: Removal, path: string, file: Entry | null): Entry | null =>
  removal.manifest.before.paths[path] === null || file?.content?.startsWith(managedBy(removal.manifest.site)) === true
    ? file
    : null

/** A file that was made by hand is what it was again; of one that somebody has changed since, that is theirs. */
const putBack = (removal: Removal, path: string, file: Entry | null, kept: Entry | null): readonly Change[] => {
  if (kept?.content === undefined || file === null || !file.content?.startsWith(managedBy(removal.manifest.site))) {
    return []
  }
  const { content, owner, group, mode } = kept
  return [
    {
      kind: 'update',
      subject: `file ${path}`,
      reason: 'as it was made by hand',
      ...notMounted(path, file),
      run: [writeFile(path, new Secret(content), { owner, group, mode })],
      undo: [restoreFile(path, file)],
    },
  ]
}

type Asked = Readonly<Record<'link' | 'vhost' | 'include' | 'existing', Probe<Entry | null>>> &
  Readonly<Record<`kept ${string}` | `script ${string}`, Probe<Entry | null>>>

/** Scripts, and what they were before where they were made by hand. */
const adoptedProbes = ({ manifest: { site, vhost, scripts } }: Removal): Pick<Asked, `kept ${string}`> => {
  const probes: Record<`kept ${string}` | `script ${string}`, Probe<Entry | null>> = {}
  for (const path of [vhost, ...scripts]) probes[`kept ${path}`] = fileAt(byHandFile(site, path))
  for (const path of scripts) probes[`script ${path}`] = fileAt(path)
  return probes
}

/**
 * Apache does not read the site any more: its link goes, as a2dissite does it, its files, and the line in the virtual host
 * of somebody else.
 *
 * @param removal what goes, and what stays
 * Refuses with FOREIGN_FILE where something else than a link lies in the place of the link.
 */
export const removedSite = (removal: Removal): Step => {
  const { site, vhost, enabled, include, existingSite: existing, scripts } = removal.manifest
  const probes: Asked = {
    link: entryAt(enabled),
    vhost: fileAt(vhost),
    include: fileAt(include),
    existing: fileAt(existing ?? include),
    ...adoptedProbes(removal),
  }
  return defineStep({
    id: 'apache.site',
    why: 'a2dissite: first the site is offline, and every other one is asked; only then anything of it is deleted',
    title: `Site ${site} is no longer Apache's`,
    probes,
    refuse: ({ link }) => (link === null || link.kind === 'link' ? [] : [notALink(enabled, link)]),
    plan: (is): readonly Change[] => [
      ...(existing === undefined ? [] : withoutLine(existing, is.existing, include)),
      ...(is.link === null
        ? []
        : [
            {
              kind: 'remove' as const,
              subject: `apache site ${site}`,
              run: [root('a2dissite', '-p', '-q', site)],
              undo: [root('a2ensite', '-q', site)],
            },
          ]),
      ...((is[`kept ${vhost}`] ?? null) === null
        ? removeFile(vhost, ours(removal, vhost, is.vhost))
        : putBack(removal, vhost, is.vhost, is[`kept ${vhost}`] ?? null)),
      ...scripts.flatMap((path) => putBack(removal, path, is[`script ${path}`] ?? null, is[`kept ${path}`] ?? null)),
      ...removeFile(include, ours(removal, include, is.include)),
    ],
    keeps: (is) => [
      ...(existing !== undefined && existingSiteWithout(is.existing?.content ?? '', include).includes(include)
        ? [`${existing}: the line that includes ${include}, which deploy-flask has not written; it does no harm`]
        : []),
      ...((is[`kept ${vhost}`] ?? null) !== null || (is.vhost !== null && ours(removal, vhost, is.vhost) === null)
        ? [`${vhost}, which was made by hand: "a2ensite ${site}" would serve it again`]
        : []),
    ],
    triggers: ['apache.reload'],
  })
}

const withoutLine = (path: string, file: Entry | null, include: string): readonly Change[] => {
  if (file?.content === undefined) return []
  const { content, owner, group, mode } = file
  const after = existingSiteWithout(content, include)
  if (after === content) return []
  return [
    {
      kind: 'update',
      subject: `file ${path}`,
      diff: { before: content, after },
      ...notMounted(path, file),
      run: [writeFile(path, after, { owner, group, mode })],
      undo: [restoreFile(path, file)],
    },
  ]
}
