import { flagsFileJsonSchema, type JsonSchema } from './json-schema.js'

export interface FieldRow {
  /** `daemon.threads`; `settings.<NAME>` stands for every key of a mapping. */
  readonly key: string
  readonly type: string
  /** As it would be written in the file; `required` when it must be written; empty when nothing stands for it. */
  readonly default: string
  readonly description: string
}

type Schema = JsonSchema | boolean

const isSchema = (schema: unknown): schema is JsonSchema => typeof schema === 'object' && schema !== null

const branches = (schema: JsonSchema): readonly JsonSchema[] => (schema.anyOf ?? []).filter(isSchema).flatMap(flatten)

const flatten = (schema: JsonSchema): readonly JsonSchema[] =>
  schema.anyOf === undefined ? [schema] : branches(schema)

const properties = (schema: JsonSchema): readonly (readonly [string, JsonSchema])[] =>
  flatten(schema).flatMap((branch) =>
    Object.entries(branch.properties ?? {}).filter((entry): entry is [string, JsonSchema] => isSchema(entry[1])),
  )

const itemOf = (schema: JsonSchema): JsonSchema | undefined => (isSchema(schema.items) ? schema.items : undefined)

/** What the values of a mapping with free keys look like. */
const valueOf = (schema: JsonSchema): JsonSchema | undefined =>
  isSchema(schema.additionalProperties) ? schema.additionalProperties : undefined

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
}

const typeOf = (schema: JsonSchema): string => {
  if (schema.anyOf !== undefined) return [...new Set(branches(schema).map(typeOf))].join(' or ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const item = itemOf(schema)
  if (item !== undefined) return `list of ${typeOf(item)}`
  const value = valueOf(schema)
  if (value !== undefined) return `mapping to ${typeOf(value)}`
  const keys = properties(schema)
  // groups such as `daemon` have rows of their own for what they hold
  if (keys.length > 1) return 'mapping'
  if (keys.length === 1) return `{${keys.map(([key, type]) => `${key}: ${typeOf(type)}`).join(', ')}}`
  return words[String(schema.type)] ?? 'text'
}

/** In a union no key is required: another form may be chosen. */
const mustHave = (schema: JsonSchema, name: string): boolean =>
  schema.anyOf === undefined && (schema.required ?? []).includes(name)

const freeKeys: Readonly<Record<string, string>> = { settings: '<NAME>', static: '<URL>' }

const rows = (key: string, schema: JsonSchema, isRequired: boolean): readonly FieldRow[] => {
  const children = properties(schema)
  const row: FieldRow = {
    key,
    type: typeOf(schema),
    default: isRequired
      ? 'required'
      : schema.properties !== undefined || schema.default === undefined
        ? ''
        : JSON.stringify(schema.default),
    description: schema.description ?? '',
  }
  const value = valueOf(schema)
  return [
    row,
    ...children.flatMap(([name, child]) => rows(`${key}.${name}`, child, mustHave(schema, name))),
    ...(value === undefined ? [] : rows(`${key}.${freeKeys[key] ?? '<KEY>'}`, value, false).slice(1)),
  ]
}

/** Every key of the flags file, from the schema itself, in its order: for the README's table and `explain`. */
export const fieldReference = (): readonly FieldRow[] => {
  const schema = flagsFileJsonSchema()
  return properties(schema).flatMap(([key, field]) => rows(key, field, mustHave(schema, key)))
}

let whole: JsonSchema | undefined

/** The keys that may be written in the mapping at this place. */
export const keysAt = (path: readonly (string | number)[]): readonly string[] => {
  let places: readonly JsonSchema[] = [(whole ??= flagsFileJsonSchema())]
  for (const segment of path) {
    places = places.flatMap(flatten).flatMap((place) => {
      const below: readonly (Schema | undefined)[] =
        typeof segment === 'number'
          ? [itemOf(place)]
          : [Object.hasOwn(place.properties ?? {}, segment) ? place.properties?.[segment] : valueOf(place)]
      return below.filter(isSchema)
    })
  }
  return [...new Set(places.flatMap(properties).map(([key]) => key))]
}
