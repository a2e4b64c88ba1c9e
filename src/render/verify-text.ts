import { sanitise, visible } from '../core/sanitise.js'
import type { Colours } from './colour.js'

export interface Check {
  readonly title: string
  /** What was seen instead, in the words of the host; null where it is so. */
  readonly fault: string | null
}

export interface Verified {
  readonly host: string
  readonly site: string
  readonly ok: boolean
  readonly checks: readonly Check[]
}

/** A line for each, and below one that does not hold what was seen. */
export const verifyText = ({ host, site, ok, checks }: Verified, colours: Colours): string => {
  const lines = checks.flatMap(({ title, fault }) => [
    `${fault === null ? colours.green('✓') : colours.red('✗')} ${visible(title)}`,
    ...(fault === null ? [] : fault.split('\n').map((line) => `    ${sanitise(line)}`)),
  ])
  const said = `${visible(site)} on ${visible(host)}`
  const end = ok
    ? `${said} works`
    : `${said} does not work as it should: "deploy-flask doctor" says more, "deploy-flask drift" what was changed`
  return `${[...lines, end].join('\n')}\n`
}
