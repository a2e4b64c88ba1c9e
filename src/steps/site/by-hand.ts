import { byHandFile } from '../../core/host-paths.js'
import { withoutSecrets } from '../../core/without-secrets.js'
import type { Change } from '../../core/step.js'
import type { Entry } from '../../probes/file.js'
import { fileChange, rootOwned, shell } from '../files.js'

/** A file of a site that was made by hand, and may be replaced as long as it is what it was when it was adopted. */
export interface ByHand {
  readonly site: string
  readonly path: string
  readonly sha256: string | undefined
}

export const isAdopted = ({ sha256 }: ByHand, is: Entry): boolean =>
  is.kind === 'file' && is.content !== undefined && sha256 !== undefined && is.sha256 === sha256

/** Whoever is told that a file is not ours may have changed it since. */
export const adoptAgain = ({ sha256 }: ByHand): string =>
  sha256 === undefined ? '' : '; it was adopted, and is not what it was then: run "deploy-flask adopt" again'

/** Beside the notes of the site; with owner, mode and times, for whoever removes the site. */
const KEEP = `set -e; umask 077; rm -f -- "$2.new"; cp -aT -- "$1" "$2.new"; sync "$2.new"; mv -fT -- "$2.new" "$2"`

/**
 * The change that makes a file that was made by hand ours; none where it says the same already.
 *
 * @param file that may be replaced, and its site
 * @param is what was found there
 * @param content that it is to have
 * @param meaning what is left of a text when all is taken away that does not matter
 */
export const replaced = (
  file: ByHand,
  is: Entry,
  content: string,
  meaning: (text: string) => string,
): readonly Change[] => {
  const { content: found = '' } = is
  if (meaning(found) === meaning(content)) return []
  const { site, path } = file
  const kept = byHandFile(site, path)
  return fileChange(path, is, content, rootOwned('0644')).map(({ run, undo = [], ...change }) => ({
    ...change,
    reason: `made by hand; what it was is kept in ${kept}`,
    diff: { before: withoutSecrets(found), after: content },
    run: [shell(`keep ${path} as it was made by hand`, KEEP, path, kept), ...run],
    undo: [...undo, { argv: ['rm', '-f', '--', kept, `${kept}.new`], as: 'root' }],
  }))
}
