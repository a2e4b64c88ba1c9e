import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { entryAt, type Entry } from '../../probes/file.js'
import { folderChange, type Access } from '../files.js'

export interface Folder extends Access {
  readonly path: string
}

/** Folders of the site with their owners and modes, parents first. A parent that exists already is left as it is. */
export const folders = (wanted: readonly Folder[]): Step => {
  const probes: Record<string, Probe<Entry | null>> = {}
  for (const { path } of wanted) probes[path] = entryAt(path)
  return defineStep({
    id: 'site.folders',
    why: 'code belongs to root, data to the application',
    title: 'Folders of the site',
    probes,
    refuse: (is) =>
      wanted.flatMap(({ path }) => {
        const there = is[path] ?? null
        if (there === null || there.kind === 'directory') return []
        return [
          new DeployError('PATH_TAKEN', {
            what: `${path} is a ${there.kind}${there.target === undefined ? '' : ` to ${there.target}`}, where a folder of the site must be`,
            remedy: 'move it away, or set "root" of the site to another folder',
          }),
        ]
      }),
    plan: (is): readonly Change[] =>
      wanted.flatMap((folder) => folderChange(folder.path, is[folder.path] ?? null, folder)),
  })
}
