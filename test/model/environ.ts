import type { FlagsFile } from '../../src/config/schema.js'
import type { Asked } from './world.js'

type Variable = FlagsFile['environ'][string]
type Condition = Extract<Variable, { when: unknown }>['when'][number]

/** httpd: mod_setenvif. Request_URI is what was sent, before anything is decoded. */
const attributeOf = (name: string, asked: Asked, client: string): string => {
  if (name === 'Remote_Addr') return client
  if (name === 'Request_URI') return asked.path.replace(/\?.*/, '')
  if (name === 'Request_Method') return 'GET'
  return headerOf(name, asked)
}

const headerOf = (name: string, { host, headers = {} }: Asked): string => {
  const all = { host, ...headers }
  const found = Object.entries(all).find(([key]) => key.toLowerCase() === name.toLowerCase())
  return found?.[1] ?? ''
}

/** httpd: mod_rewrite, Test String. */
const expanded = (text: string, uri: string, asked: Asked, client: string): string =>
  text.replace(/%\{(HTTP:)?([A-Za-z_-]+)\}/g, (_, header: string | undefined, name: string) => {
    if (header !== undefined) return headerOf(name, asked)
    const known: Readonly<Record<string, string>> = {
      REQUEST_URI: uri,
      REMOTE_ADDR: client,
      HTTP_HOST: asked.host,
      QUERY_STRING: asked.path.split('?')[1] ?? '',
      REQUEST_METHOD: 'GET',
    }
    return known[name] ?? ''
  })

const holds = (condition: Condition, uri: string, asked: Asked, client: string): boolean => {
  const value =
    'attribute' in condition
      ? attributeOf(condition.attribute, asked, client)
      : expanded(condition.test, uri, asked, client)
  return new RegExp(condition.matches).test(value)
}

const valueOf = (
  variable: Variable,
  flags: FlagsFile,
  uri: string,
  asked: Asked,
  client: string,
): string | undefined => {
  if (typeof variable === 'string') return variable
  if ('map' in variable) {
    const entries = flags['rewrite-maps'][variable.map]?.entries ?? {}
    return entries[expanded(variable.key, uri, asked, client)] ?? variable.default
  }
  // mod_setenvif works before mod_rewrite, and of each the last word counts
  const tests = variable.when.filter((one) => 'test' in one && holds(one, uri, asked, client))
  const attributes = variable.when.filter((one) => 'attribute' in one && holds(one, uri, asked, client))
  return tests.at(-1)?.value ?? attributes.at(-1)?.value ?? variable.default
}

/** The variables of a request, as far as the flags file sets them. */
export const environOf = (flags: FlagsFile, uri: string, asked: Asked, client: string): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(flags.environ).flatMap(([name, variable]) => {
      const value = valueOf(variable, flags, uri, asked, client)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
