import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { folderChange, type Access } from '../files.js'
import { refuseReadOnly } from '../mounts.js'
import { pathProbes, refuseWay } from './way.js'

export interface Folder extends Access {
  readonly path: string
}

/**
 * Folders of the site with their owners and modes, parents first. A parent that exists already is left as it is.
 *
 * @param wanted paths with their owners and modes
 * @param root folder of the site: what lies in it is root's, so the way to it must be, too
 * Refuses with PATH_TAKEN where something else lies, with PATH_DANGEROUS where others can change the way to `root`, and
 * with HOST_READ_ONLY where one of them cannot be written.
 */
export const folders = (wanted: readonly Folder[], root: string): Step =>
  defineStep({
    id: 'site.folders',
    why: 'code belongs to root, data to the application',
    title: 'Folders of the site',
    probes: pathProbes(
      wanted.map(({ path }) => path),
      [root],
    ),
    refuse: (is) => [
      ...refuseWay(root, is, 'set "root" of the site to a folder to which all folders above are root\'s: below /srv'),
      ...wanted.flatMap(({ path }) => {
        const there = is[path] ?? null
        // of the file systems of the host itself somebody else tells
        if (there === null || there.kind === 'directory')
          return there?.mounted === true ? refuseReadOnly(path, there) : []
        return [
          new DeployError('PATH_TAKEN', {
            what: `${path} is a ${there.kind}${there.target === undefined ? '' : ` to ${there.target}`}, where a folder of the site must be`,
            remedy: 'move it away, or set "root" of the site to another folder',
          }),
        ]
      }),
    ],
    plan: (is): readonly Change[] =>
      wanted.flatMap((folder) => folderChange(folder.path, is[folder.path] ?? null, folder)),
  })
