import type { Colours } from './colour.js'
import { visible } from '../core/sanitise.js'
import type { TalliedPhase } from './tally.js'
import { duration, paintSign, plural, signOf } from './words.js'

/** What the site itself told when it was asked; what it did not tell is left out. */
export interface Report {
  readonly url: string
  readonly processGroup?: string
  readonly user?: string
  readonly pythonPrefix?: string
}

export interface Summary {
  readonly host: string
  readonly changes: number
  readonly milliseconds: number
  readonly phases: readonly TalliedPhase[]
  readonly url: string
  readonly report: Report | undefined
  /** What follows the command to say the same again: ` -f deploy-flask.yml`. */
  readonly again: string
}

const phaseLines = ({ phase, milliseconds, changes }: TalliedPhase, colours: Colours): string[] => [
  `  ${colours.bold(visible(phase))} ${colours.dim(duration(milliseconds))}`,
  ...changes.map(({ kind, subject }) => `    ${paintSign(signOf[kind], colours)} ${kind} ${visible(subject)}`),
]

const reportLines = ({ url, processGroup, user, pythonPrefix }: Report): string[] =>
  Object.entries({ URL: url, 'process group': processGroup, user, 'Python prefix': pythonPrefix })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name.padEnd(13)}  ${value}`)

/** What a person wants to know at the end: what changed, how long it took, where it is, what next. */
export const summaryText = (summary: Summary, colours: Colours): string => {
  const { host, changes, milliseconds, phases, url, report, again } = summary
  return [
    colours.green(`Done: ${plural(changes, 'change')} on ${visible(host)} in ${duration(milliseconds)}`),
    ...phases.flatMap((phase) => phaseLines(phase, colours)),
    '',
    // without a report nothing is claimed about the site
    ...(report === undefined
      ? [`URL: ${visible(url)}`]
      : [colours.bold('The site answers'), ...reportLines(report).map(visible)]),
    '',
    colours.bold('What next'),
    `  deploy-flask plan${again} --exit-code`,
    '    tells whether the host has drifted (exit code 3)',
    `  deploy-flask apply${again}`,
    '    brings the next version, or repairs the drift',
    '',
  ].join('\n')
}

/** The same of a site that is gone: nobody can look at it any more. */
export const removedText = (
  { host, changes, milliseconds, phases, again, kept }: Summary & { readonly kept: readonly string[] },
  colours: Colours,
): string =>
  [
    colours.green(`Removed: ${plural(changes, 'change')} on ${visible(host)} in ${duration(milliseconds)}`),
    ...phases.flatMap((phase) => phaseLines(phase, colours)),
    '',
    `${keptText(kept, colours)}`,
    colours.bold('What next'),
    `  deploy-flask apply${again}`,
    '    brings the site back',
    '',
  ].join('\n')

/** What a removal leaves on the host; nothing where it is none. */
export const keptText = (kept: readonly string[], colours: Colours): string =>
  kept.length === 0 ? '' : `${colours.bold('Kept on the host')}\n${kept.map((one) => `  ${visible(one)}\n`).join('')}`

/** The whole summary of a run that found the host as it should be. Nobody has asked the site itself. */
export const nothingToDoText = (
  { host, url, milliseconds }: Pick<Summary, 'host' | 'url' | 'milliseconds'>,
  { green }: Colours,
): string =>
  `${green('nothing to do:')} ${visible(url)} on ${visible(host)} is as it should be (${duration(milliseconds)})\n`
