import type { InputlessCommand } from '../../core/command.js'
import type { FolderCode } from '../../core/site.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import type { Entry } from '../../probes/file.js'
import { shell } from '../files.js'
import type { Layout } from './layout.js'
import { releaseName, releasesOf, served, short } from './release.js'

const LINK = `set -e; new="$1.new"; rm -f "$new"; ln -s "$2" "$new"; mv -T "$new" "$1"; sync "\${1%/*}"`

/** A link that leads elsewhere from one moment to the next. */
export const linkTo = (path: string, target: string): InputlessCommand =>
  shell(`link ${path} -> ${target}`, LINK, path, target)

const taken = (path: string, { mounted }: Entry): DeployError =>
  new DeployError('PATH_TAKEN', {
    what: `${path} is a folder${mounted === true ? ' that is mounted there' : ''}, where the link to the release must be`,
    remedy: `${mounted === true ? 'unmount it' : 'move it away'}, or set "root" of the site to another folder`,
  })

/**
 * `current` points to the release with this code; swapped in one rename.
 *
 * Refuses with PATH_TAKEN where a folder lies, which no link can replace.
 */
export const current = (layout: Layout, code: FolderCode): Step =>
  defineStep({
    id: 'site.current',
    why: 'the link is exchanged in one step, so there is no moment without code',
    title: `${layout.current} is the code ${short(code)}`,
    probes: { release: releasesOf(layout, code) },
    refuse: ({ release: { current: is } }) => (is?.kind === 'directory' ? [taken(layout.current, is)] : []),
    plan: ({ release: is }): readonly Change[] => {
      if (served(is, code)) return []
      const before = is.current?.target
      return [
        {
          kind: is.current === null ? 'create' : 'update',
          subject: `link ${layout.current}`,
          ...(before === undefined ? {} : { reason: `${before} becomes ${short(code)}` }),
          run: [linkTo(layout.current, `releases/${releaseName(code)}`)],
          undo: [
            before === undefined
              ? { argv: ['rm', '-f', layout.current, `${layout.current}.new`], as: 'root' }
              : linkTo(layout.current, before),
          ],
        },
      ]
    },
    triggers: ['apache.touch'],
  })
