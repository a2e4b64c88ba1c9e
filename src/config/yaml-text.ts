import { parse, stringify } from 'yaml'

/** As it would be written on one line of a flags file. */
export const oneLineYaml = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 }).trimEnd()

/** As it would be written in a flags file of its own. */
export const blockYaml = (value: unknown): string => stringify(value, { lineWidth: 0, flowCollectionPadding: false })

/** The value of one line. What the library throws quotes the text, which may be a secret: it is not for showing. */
export const readYaml = (text: string): unknown => {
  const value: unknown = parse(text, { schema: 'core', stringKeys: true, logLevel: 'error', maxAliasCount: 0 })
  return value
}
