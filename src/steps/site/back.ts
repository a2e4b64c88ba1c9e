import type { Probe } from '../../core/probe.js'
import { manifestFile } from '../../core/host-paths.js'
import { defineStep, type Step } from '../../core/step.js'
import { entryAt, fileAt, type Entry } from '../../probes/file.js'
import { goodOnes, historyOf, type Deployment } from '../../probes/history.js'
import type { SiteManifest } from '../../probes/manifest.js'
import { fileChange } from '../files.js'
import { linkTo } from './current.js'
import { lineOf, nameOf, note } from './history.js'

/**
 * `current` points to a release that is on the host.
 *
 * @param root of the site
 * @param release name of its folder
 */
export const currentRelease = (root: string, release: string): Step => {
  const path = `${root}/current`
  return defineStep({
    id: 'site.current',
    why: 'the link is exchanged in one step, so there is no moment without code',
    title: `${path} is ${release}`,
    probes: { link: entryAt(path) },
    plan: ({ link }) => {
      const wanted = `releases/${release}`
      if (link?.target === wanted) return []
      const before = link?.target
      return [
        {
          kind: link === null ? 'create' : 'update',
          subject: `link ${path}`,
          ...(before === undefined ? {} : { reason: `${before} becomes ${wanted}` }),
          run: [linkTo(path, wanted)],
          undo: [before === undefined ? { argv: ['rm', '-f', path, `${path}.new`], as: 'root' } : linkTo(path, before)],
        },
      ]
    },
    triggers: ['apache.touch'],
  })
}

/** Files in which the venv of the site is named. */
const naming = ({ vhost, include, scripts, site }: SiteManifest): readonly string[] => [
  vhost,
  include,
  ...scripts,
  manifestFile(site),
]

/**
 * The virtual environment of a release is the one of the site: nothing else in these files changes.
 *
 * @param manifest of the site, with the one that it has now
 * @param venv that it is to have
 */
export const venvOfRelease = (manifest: SiteManifest, venv: string): Step => {
  const files = naming(manifest)
  const probes: Record<string, Probe<Entry | null>> = {}
  for (const path of files) probes[path] = fileAt(path)
  return defineStep({
    id: 'site.venv',
    why: 'a release runs in the environment that it was tried in',
    title: `Virtual environment ${venv}`,
    probes,
    plan: (is) =>
      files.flatMap((path) => {
        const file = is[path] ?? null
        if (file?.content?.includes(manifest.venv) !== true) return []
        const { owner, group, mode } = file
        return fileChange(path, file, file.content.replaceAll(manifest.venv, venv), { owner, group, mode })
      }),
    triggers: ['apache.reload'],
  })
}

/**
 * The history says that somebody went back; who goes to what was gone back from before does not go back.
 *
 * @param site its name
 * @param from what is online now
 * @param to what was online before
 */
export const wentBack = (site: string, from: Deployment | undefined, to: Deployment): Step =>
  defineStep({
    id: 'site.history',
    why: 'what was gone back from is not gone back to by itself',
    title: `History of ${site}`,
    probes: { history: historyOf(site) },
    plan: ({ history }) => {
      const good = goodOnes(history)
      const [live] = good
      if (live?.release === to.release && live.venv === to.venv) return []
      const left = good.some(({ release }) => release === to.release) ? from : undefined
      return [
        {
          kind: 'run',
          subject: `history of ${site}`,
          reason: `${nameOf(to)} is live again`,
          run: [...(left === undefined ? [] : [note(site, 'rolled back', left)]), note(site, 'live', to)],
          undo: [
            note(site, 'taken back', to, lineOf('live', to)),
            ...(left === undefined ? [] : [note(site, 'live', left, lineOf('taken back', to))]),
          ],
        },
      ]
    },
  })
