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
type Path = readonly (string | number)[]

const isSchema = (schema: unknown): schema is JsonSchema => typeof schema === 'object' && schema !== null

const branches = (schema: JsonSchema): readonly JsonSchema[] => (schema.anyOf ?? []).filter(isSchema).flatMap(flatten)

const flatten = (schema: JsonSchema): readonly JsonSchema[] =>
  schema.anyOf === undefined ? [schema] : branches(schema)

/** Of a union, the keys of all its forms. */
const properties = (schema: JsonSchema): ReadonlyMap<string, readonly JsonSchema[]> => {
  const found = new Map<string, readonly JsonSchema[]>()
  for (const branch of flatten(schema)) {
    for (const [key, child] of Object.entries(branch.properties ?? {})) {
      if (isSchema(child)) found.set(key, [...(found.get(key) ?? []), child])
    }
  }
  return found
}

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

const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const either = (types: readonly string[]): string => [...new Set(types)].join(' or ')

const plural = (type: string): string => (type === 'mapping' ? 'mappings' : type)

const typeOf = (schema: JsonSchema): string => {
  if (schema.anyOf !== undefined) return either(branches(schema).map(typeOf))
  if (schema.const !== undefined) return written(schema.const)
  if (schema.enum !== undefined) return either(schema.enum.map(written))
  const item = itemOf(schema)
  if (item !== undefined) return `list of ${plural(typeOf(item))}`
  const value = valueOf(schema)
  if (value !== undefined) return `mapping to ${plural(typeOf(value))}`
  const keys = [...properties(schema)]
  // groups such as `daemon` have rows of their own for what they hold
  if (keys.length > 1) return 'mapping'
  if (keys.length === 1) return `{${keys.map(([key, types]) => `${key}: ${either(types.map(typeOf))}`).join(', ')}}`
  return words[String(schema.type)] ?? 'text'
}

/** In a union no key is required: another form may be chosen. */
const mustHave = (schema: JsonSchema, name: string): boolean =>
  schema.anyOf === undefined && (schema.required ?? []).includes(name)

const freeKeys: Readonly<Record<string, string>> = {
  static: '<URL>',
  users: '<LOGIN>',
}

/** What is told once is not told again: 40 options of each process group. */
const sameAs: Readonly<Record<string, string>> = {
  'process-groups.<NAME>': 'as `daemon`, without `name`',
  'applications[].static.<URL>': 'as `static.<URL>`, below the mount of the application',
}

const row = (key: string, forms: readonly JsonSchema[], isRequired: boolean): FieldRow => {
  const fallback = forms.length === 1 && forms[0]?.properties === undefined ? forms[0]?.default : undefined
  return {
    key,
    type: either(forms.map(typeOf)),
    default: isRequired ? 'required' : fallback === undefined ? '' : JSON.stringify(fallback),
    description: [...new Set(forms.flatMap(({ description }) => description ?? []))].join('; '),
  }
}

const rows = (key: string, forms: readonly JsonSchema[], isRequired: boolean): readonly FieldRow[] => {
  const same = sameAs[key]
  if (same !== undefined) return [{ key, type: either(forms.map(typeOf)), default: '', description: same }]
  return [row(key, forms, isRequired), ...forms.flatMap((form) => below(key, form))]
}

/** The rows of what lies in it. */
const below = (key: string, schema: JsonSchema): readonly FieldRow[] => {
  const children = [...properties(schema)].flatMap(([name, forms]) =>
    rows(`${key}.${name}`, forms, mustHave(schema, name)),
  )
  const item = itemOf(schema)
  const value = valueOf(schema)
  const name = freeKeys[key.split('.').at(-1) ?? ''] ?? '<NAME>'
  return [
    ...children,
    ...(item === undefined ? [] : below(`${key}[]`, item)),
    ...(value === undefined ? [] : ofEach(`${key}.${name}`, value)),
  ]
}

/** Of the values of a mapping: a row for the value itself only where it stands for more. */
const ofEach = (key: string, value: JsonSchema): readonly FieldRow[] =>
  key in sameAs ? rows(key, [value], false) : below(key, value)

let whole: JsonSchema | undefined

const wholeSchema = (): JsonSchema => (whole ??= flagsFileJsonSchema())

let all: readonly FieldRow[] | undefined

/** Every key of the flags file, from the schema itself, in its order: for the README's table and `explain`. */
export const fieldReference = (): readonly FieldRow[] => {
  const schema = wholeSchema()
  return (all ??= [...properties(schema)].flatMap(([key, forms]) => rows(key, forms, mustHave(schema, key))))
}

/** What may stand at a place: several where a union has several forms. */
const schemasAt = (path: Path): readonly JsonSchema[] => {
  let places: readonly JsonSchema[] = [wholeSchema()]
  for (const segment of path) {
    places = places.flatMap(flatten).flatMap((place) => {
      const inside: readonly (Schema | undefined)[] =
        typeof segment === 'number'
          ? [itemOf(place)]
          : [Object.hasOwn(place.properties ?? {}, segment) ? place.properties?.[segment] : valueOf(place)]
      return inside.filter(isSchema)
    })
  }
  return places
}

/** The keys that may be written in the mapping at this place. */
export const keysAt = (path: Path): readonly string[] => [
  ...new Set(schemasAt(path).flatMap((place) => [...properties(place).keys()])),
]

/** What is said of the field at this place, a place in a list included. */
export const descriptionAt = (path: Path): string | undefined =>
  schemasAt(path).find(({ description }) => description !== undefined)?.description
