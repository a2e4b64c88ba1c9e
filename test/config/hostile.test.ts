import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { resolveSite } from '../../src/config/site.js'
import { findings } from '../../src/config/findings.js'
import { flagsFileJsonSchema, type JsonSchema } from '../../src/config/json-schema.js'
import { flagsFile, type FlagsFile } from '../../src/config/schema.js'
import { dotted, printable, type Path } from '../../src/config/mistake.js'
import type { CheckedOut, RepositoryCode } from '../../src/core/repository.js'
import { DeployError } from '../../src/errors.js'
import { isFull, sampled } from '../faults/sampled.js'
import { fillFolder } from './folders.js'
import {
  anySecret,
  hostileTree,
  hostileValues,
  maximalFlags,
  otherFlags,
  textFields,
  type TextField,
} from './hostile.js'

type Schema = JsonSchema | boolean
const isSchema = (schema: Schema | undefined): schema is JsonSchema => typeof schema === 'object'

/** `applications[].static.<KEY>.path`, and with `(key)` behind it a key that may be anything. */
const textPlaces = (schema: Schema | undefined, path = ''): readonly string[] => {
  if (!isSchema(schema)) return []
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((branch) => textPlaces(branch, path))
  if (schema.type === 'string') return schema.enum === undefined && schema.const === undefined ? [path] : []
  const items = Array.isArray(schema.items) ? undefined : schema.items
  const free = schema.additionalProperties
  return [
    ...textPlaces(items, `${path}[]`),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, child]) => textPlaces(child, `${path}.${key}`)),
    ...(isSchema(free) ? [`${path}.<KEY> (key)`, ...textPlaces(free, `${path}.<KEY>`)] : []),
  ]
}

/** The place in the schema that a field is an example of. */
const placeOf = ({ segments, isKey }: TextField): string => {
  let schemas: readonly JsonSchema[] = [flagsFileJsonSchema()]
  let path = ''
  const flat = (schema: JsonSchema): readonly JsonSchema[] =>
    schema.anyOf === undefined ? [schema] : schema.anyOf.filter(isSchema).flatMap(flat)
  for (const segment of segments) {
    const here = schemas.flatMap(flat)
    const known = here.flatMap(({ properties }) =>
      typeof segment === 'string' && Object.hasOwn(properties ?? {}, segment) ? [properties?.[segment]] : [],
    )
    path += typeof segment === 'number' ? '[]' : known.length > 0 ? `.${segment}` : '.<KEY>'
    const below = here.flatMap(({ items, additionalProperties }): readonly (Schema | undefined)[] =>
      typeof segment === 'number' ? (Array.isArray(items) ? [] : [items]) : [additionalProperties],
    )
    schemas = (known.length > 0 ? known : below).filter(isSchema)
  }
  return `${path}${isKey ? ' (key)' : ''}`
}

it('there are at least two thousand values, and a field for every text of the schema', () => {
  expect(hostileValues.length).toBeGreaterThanOrEqual(2000)
  const covered = new Set(textFields.map(placeOf))
  expect([...new Set(textPlaces(flagsFileJsonSchema()))].filter((place) => !covered.has(place))).toEqual([])
})

const now = new Date()

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'hostile-'))
  fillFolder(directory, hostileTree)
})
afterAll(() => rmSync(directory, { recursive: true }))

/** As if every repository held the same. */
const checkOut = ({ git, ref = 'main' }: RepositoryCode): Promise<CheckedOut> =>
  Promise.resolve({
    folder: join(directory, 'code'),
    origin: { git, ref, commit: 'a'.repeat(40) },
    submodules: [],
    pointers: [],
  })

const resolve = (flags: FlagsFile) => resolveSite(flags, { directory, env: anySecret, now, checkOut })

describe('the files that the values are put into resolve', () => {
  it.each([['as it is', maximalFlags] as const, ...otherFlags])('%s', async (_, flags) => {
    const { site } = await resolve(flagsFile.parse(flags))
    expect(site.name).toBe('notes')
  })
})

const usersFile = { 'users-file': '/etc/apache2/notes.users' }

/** What depends on nothing else is tried in a small file, which is quicker. */
const independent = ['ssh', 'requirements', 'pip', 'settings', 'init', 'authentication', 'code']
const small = {
  ...Object.fromEntries(
    Object.entries(maximalFlags).filter(([key]) =>
      [...independent, 'version', 'host', 'site', 'server-name', 'wsgi'].includes(key),
    ),
  ),
  access: [{ users: 'any' }],
}

/** Hashing passwords takes long on purpose, so a file on the host stands for them, but where they are the field. */
const bases = {
  users: { ...small, authentication: { users: { grace: { env: 'GRACE' } } } },
  small: { ...small, authentication: usersFile },
  large: { ...maximalFlags, authentication: usersFile },
}

const baseOf = ({ segments: [first, second] }: TextField): keyof typeof bases =>
  first === 'authentication' && second === 'users' ? 'users' : independent.includes(String(first)) ? 'small' : 'large'

const isOneOf = new Set(otherFlags.map(([path]) => path))

/** Two fields of one part of the file, one of which changes the other's place. */
const isInTheWay = (one: TextField, other: TextField): boolean =>
  baseOf(one) !== baseOf(other) ||
  [one, other].some(({ segments }) => segments[0] === 'existing-site') ||
  (one.segments[0] === other.segments[0] &&
    (one.isKey || other.isKey || isOneOf.has(one.path) || isOneOf.has(other.path)))

/** All fields that can be filled at the same time, so that each value needs few readings of the whole file. */
const groups = (fields: readonly TextField[]): readonly (readonly TextField[])[] => {
  const found: TextField[][] = []
  for (const field of fields) {
    const group = found.find((others) => !others.some((other) => isInTheWay(field, other)))
    if (group === undefined) found.push([field])
    else group.push(field)
  }
  return found
}

const filled = (fields: readonly TextField[], value: string): object =>
  fields.reduce<object>((flags, field) => field.put(flags, value), bases[fields[0] ? baseOf(fields[0]) : 'large'])

const startsWith = (path: Path, start: Path): boolean =>
  start.every((segment, index) => String(segment) === String(path[index]))

const placeWith = ({ segments, isKey }: TextField, value: string): Path =>
  isKey ? [...segments.slice(0, -1), value] : segments

const refusedPlaces = (flags: object): readonly Path[] => {
  const { error } = flagsFile.safeParse(flags)
  return error === undefined ? [] : findings(error.issues, flags, () => undefined).map(({ path }) => path)
}

/** The fields that take the value; of those that do not, the field must be named. */
const taking = (fields: readonly TextField[], value: string): readonly TextField[] => {
  const places = refusedPlaces(filled(fields, value))
  return fields.filter((field) => {
    const own = placeWith(field, value)
    if (places.some((place) => startsWith(place, own))) return false
    // a form of a mapping is refused as a whole: is it for this field?
    if (!places.some((place) => startsWith(own, place))) return true
    return refusedPlaces(filled([field], value)).length === 0
  })
}

const refusalOf = async (flags: object): Promise<string | undefined> => {
  try {
    await resolve(flagsFile.parse(flags))
    return undefined
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    const { what, where = '', evidence = '', remedy } = error.fault
    return `${what}\n${where}\n${evidence}\n${remedy}`
  }
}

/** Of a secret the field that refers to it is named. */
const isNamed = (refusal: string, place: Path): boolean =>
  [place, place.slice(0, -1)]
    .map(dotted)
    .some((name) => name !== '' && (refusal.includes(`${name}: `) || refusal.includes(` ${name} `)))

/** Those that are neither accepted nor named when they are refused; many fields are tried at once, for it takes long. */
const unnamed = async (fields: readonly TextField[], value: string): Promise<readonly string[]> => {
  const refusal = fields.length === 0 ? undefined : await refusalOf(filled(fields, value))
  if (refusal === undefined) return []
  const rest = fields.filter((field) => !isNamed(refusal, placeWith(field, value)))
  const [first, ...others] = rest
  if (first === undefined) return []
  if (rest.length < fields.length) return unnamed(rest, value)
  if (others.length > 0) {
    const half = Math.ceil(rest.length / 2)
    return [...(await unnamed(rest.slice(0, half), value)), ...(await unnamed(rest.slice(half), value))]
  }
  // by itself a value may contradict a field near it, which is named then
  const { segments } = first
  const above = segments.map((_, index) => `${dotted(segments.slice(0, index))}: `).slice(1)
  const names = [printable(value), dotted(segments.slice(0, segments.length > 2 ? 2 : 1)), ...above]
  return names.some((name) => refusal.includes(name)) ? [] : [`${first.path}: ${JSON.stringify(value)}: ${refusal}`]
}

/** One field for each place of the schema. */
const fields = [...new Map(textFields.map((field) => [placeOf(field), field])).values()]

let judged = 0

describe('every hostile value is refused naming the field, or the site resolves', () => {
  it.each(
    groups(fields).map(
      (group) =>
        [
          group
            .map(({ path }) => path)
            .join(', ')
            .slice(0, 70),
          group,
        ] as const,
    ),
  )(
    '%s',
    async (_, group) => {
      const wrong: string[] = []
      for (const value of sampled(hostileValues, 400)) {
        judged += group.length
        wrong.push(...(await unnamed(taking(group, value), value)))
      }
      expect(wrong).toEqual([])
    },
    600_000,
  )

  it('and there were tens of thousands, or hundreds of them where all are tried', () => {
    expect(judged).toBeGreaterThan(isFull ? 200_000 : 30_000)
  })
})
