import type { FlagsFile } from '../../src/config/schema.js'
import type { Asked } from './world.js'

export interface Context {
  readonly flags: FlagsFile
  readonly asked: Asked
  readonly environ: ReadonlyMap<string, string>
  readonly scriptName: string
}

/** mod_wsgi: WSGIProcessGroup and WSGIApplicationGroup, names that stand for something else. */
export const groupName = (written: string, context: Context): string => {
  const { flags, asked, environ, scriptName } = context
  const port = flags.port === 80 || flags.port === 443 ? '' : `:${flags.port}`
  const host = asked.host.replace(/:\d+$/, '').toLowerCase()
  switch (written) {
    case '%{GLOBAL}':
      return ''
    case '%{SERVER}':
      return `${flags['server-name']}${port}`
    case '%{HOST}':
      return `${host}${port}`
    case '%{RESOURCE}':
      return `${flags['server-name']}${port}|${scriptName.toLowerCase()}`
  }
  const variable = /^%\{ENV:(.*)\}$/.exec(written)?.[1]
  const value = variable === undefined ? undefined : environ.get(variable)
  if (value === undefined) return written
  return value.startsWith('%') && !value.startsWith('%{ENV:') ? groupName(value, context) : value
}
