import { visible } from '../core/sanitise.js'
import type { Phase } from '../core/playbook.js'
import type { Colours } from '../render/colour.js'

interface Explained {
  readonly id: string
  readonly title: string
  readonly why?: string
}

const lines = (sign: string, { id, title, why }: Explained, { bold, dim }: Colours): string =>
  `  ${sign} ${bold(id)}  ${visible(title)}\n${why === undefined ? '' : `      ${dim(visible(why))}\n`}`

/** Everything that a run looks at, in its order, and why: what of it is to be done is known on the host only. */
export const stepsText = (phases: readonly Phase[], colours: Colours): string =>
  phases
    .map(({ title, steps, handlers = [], togetherFrom }) =>
      [
        colours.bold(
          `${visible(title)}${togetherFrom === undefined ? '' : ` (at the same time as the phases from ${togetherFrom} on)`}\n`,
        ),
        ...steps.map((step) => lines('-', step, colours)),
        ...handlers.map((handler) => lines('>', handler, colours)),
      ].join(''),
    )
    .join('\n')
