import type { Change } from '../core/step.js'
import type { Colours } from './colour.js'
import { visible } from '../core/sanitise.js'
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
  readonly done: readonly Change[]
  readonly report: Report | undefined
  /** As it has to be written in a command line. */
  readonly flagsFile: string
}

const reportLines = ({ url, processGroup, user, pythonPrefix }: Report): string[] =>
  Object.entries({ URL: url, 'process group': processGroup, user, 'Python prefix': pythonPrefix })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name.padEnd(13)}  ${value}`)

/** What a person wants to know at the end: what changed, how long it took, where it is, what next. */
export const summaryText = (summary: Summary, colours: Colours): string => {
  const { host, changes, milliseconds, done, report, flagsFile } = summary
  return [
    colours.green(`Done: ${plural(changes, 'change')} on ${host} in ${duration(milliseconds)}`),
    ...done.map(({ kind, subject }) => `  ${paintSign(signOf[kind], colours)} ${kind} ${visible(subject)}`),
    ...(report === undefined ? [] : ['', colours.bold('The site answers'), ...reportLines(report).map(visible)]),
    '',
    colours.bold('What next'),
    `  deploy-flask plan -f ${flagsFile} --exit-code   tells whether the host has drifted (exit code 3)`,
    `  deploy-flask apply -f ${flagsFile}              brings the next version, or repairs the drift`,
    '',
  ].join('\n')
}
