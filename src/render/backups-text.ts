import { visible } from '../core/sanitise.js'
import type { Colours } from './colour.js'
import { megabytes } from './words.js'

interface Shown {
  readonly name: string
  /** UTC. */
  readonly at: string
  readonly reason: string
  readonly databases: readonly { readonly path: string; readonly bytes: number }[]
}

/** The last at the end. */
export const backupsText = (backups: readonly Shown[], colours: Colours): string =>
  backups.length === 0
    ? 'there is no backup\n'
    : `${backups
        .flatMap(({ name, at, reason, databases }) => [
          `${colours.bold(visible(name))}  ${visible(at)}  ${visible(reason)}`,
          ...databases.map(({ path, bytes }) => colours.dim(`    ${visible(path)}, ${megabytes(bytes)}`)),
        ])
        .join('\n')}\n`
