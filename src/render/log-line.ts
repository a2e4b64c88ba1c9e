import type { Colours } from './colour.js'

const bad = /\] \[(?:\w*:)?(?:emerg|alert|crit|error)\] /
/** All that an application prints is an error to Apache; what is one looks like it. */
const printed = /\] \[wsgi:error\] (?!.*(?:Traceback|Error\b|Exception\b|mod_wsgi \(pid))/
const warned = /\] \[(?:\w*:)?warn\] /
/** Of the combined format: the status behind the request. */
const status = /" (\d)\d\d /

/** A line of a log of Apache: what has gone wrong stands out. */
export const logLine = (log: 'error' | 'access', text: string, { red, yellow, dim }: Colours): string => {
  if (log === 'error')
    return bad.test(text) && !printed.test(text) ? red(text) : warned.test(text) ? yellow(text) : text
  const [, first] = status.exec(text) ?? []
  return first === '5' ? red(text) : first === '4' ? yellow(text) : dim(text)
}
