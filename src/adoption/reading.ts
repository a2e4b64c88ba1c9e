import { visible } from '../core/sanitise.js'
import { withoutSecrets } from '../core/without-secrets.js'
import type { Written } from './apache-parse.js'
import type { HandDaemon, HandMount, HandScope, Left } from './hand-made.js'

export interface Reading {
  readonly path: string
  readonly variables: Map<string, string>
  serverName?: string
  readonly aliases: string[]
  readonly mounts: HandMount[]
  readonly daemons: HandDaemon[]
  readonly scopes: HandScope[]
  readonly files: { url: string; path: string; line: number }[]
  readonly settings: Map<string, unknown>
  readonly left: Left[]
}

const longest = 300

/** `protects`: whether it keeps people out; or a file, where that is so only with the file. */
export const leave = (reading: Reading, node: Written, why: string, protects: boolean | string = false): void => {
  const text = visible(withoutSecrets(node.text)).slice(0, longest)
  const at = { where: `${reading.path}:${node.line}`, text, why }
  reading.left.push(typeof protects === 'string' ? { ...at, protects: true, onlyWith: protects } : { ...at, protects })
}

/** `${NAME}`, where the same file defines it; what Ubuntu's envvars say is known, too. */
export const expanded = (text: string, { variables }: Reading): string =>
  text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => variables.get(name) ?? whole)

export const argsOf = (node: Written, reading: Reading): readonly string[] =>
  node.args.map((arg) => expanded(arg, reading))

export const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)

export const pairs = (words: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    words.map((word): [string, string] => {
      const at = word.indexOf('=')
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1).replace(/^(["'])(.*)\1$/, '$2')]
    }),
  )
