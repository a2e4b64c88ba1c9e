import { posix } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { flagsFile } from '../../src/config/schema.js'
import { resolveSite } from '../../src/config/site.js'
import { DeployError } from '../../src/errors.js'
import { literally } from '../../src/templates/apache.js'
import { sampled } from '../faults/sampled.js'
import { hostileValues, maximalFlags, textFields, type TextField } from '../config/hostile.js'
import { parseApacheConfig, type ParsedDirective } from '../helpers/apache-config.js'
import { includeFor, vhostFor } from './render.js'

const around = { directory: '/nowhere', env: {}, now: new Date(0), withoutSecrets: true }

const filled = (fields: readonly TextField[], value: string): object =>
  fields.reduce<object>((flags, field) => field.put(flags, value), maximalFlags)

/** What Apache is told, or undefined where the flags file is refused. */
const toldApache = async (flags: object): Promise<readonly ParsedDirective[] | undefined> => {
  const read = flagsFile.safeParse(flags)
  if (!read.success) return undefined
  try {
    const { site } = await resolveSite(read.data, around)
    const text = site.existingSite === undefined ? vhostFor(site) : vhostFor(site) + includeFor(site)
    return parseApacheConfig(text, { variables: { HOME: 'expanded', APACHE_LOG_DIR: '/var/log/apache2' } })
  } catch (error) {
    if (error instanceof DeployError) return undefined
    throw error
  }
}

/** The schemas of the text at a path: one for each form that a union has. */
const schemasAt = (
  schema: z.core.$ZodType,
  path: readonly (string | number)[],
  isKey: boolean,
): readonly z.core.$ZodType[] => {
  // the union of all classes of schemas is what zod itself offers for looking into them
  const { def } = (schema as z.core.$ZodTypes)._zod
  const [first, ...rest] = path
  const shape = def.type === 'object' && first !== undefined ? def.shape[first] : undefined
  if (def.type === 'optional' || def.type === 'default' || def.type === 'prefault') {
    return schemasAt(def.innerType, path, isKey)
  }
  if (def.type === 'pipe') return schemasAt(def.in, path, isKey)
  if (def.type === 'union') return def.options.flatMap((option) => schemasAt(option, path, isKey))
  if (first === undefined) return [schema]
  if (shape !== undefined) return schemasAt(shape, rest, isKey)
  if (def.type === 'record' && isKey && rest.length === 0) return [def.keyType]
  if (def.type === 'record') return schemasAt(def.valueType, rest, isKey)
  return def.type === 'array' ? schemasAt(def.element, rest, isKey) : []
}

/** Most values are refused by the form of the field already; only the others are worth reading a whole file. */
const taken = ({ segments, isKey }: TextField): readonly string[] => {
  const schemas = schemasAt(flagsFile, segments, isKey)
  expect(schemas).not.toEqual([])
  return hostileValues.filter((value) => schemas.some((schema) => z.safeParse(schema, value).success))
}

type Word = readonly [name: string, ...args: string[]]

/** Each directive with the sections that it stands in. */
const leaves = (tree: readonly ParsedDirective[], above: readonly Word[] = []): readonly (readonly Word[])[] =>
  tree.flatMap(({ name, args, inside }) => {
    const here = [...above, [name, ...args] as const]
    return inside === undefined ? [here] : leaves(inside, here)
  })

/** What no value is, in a form that fields take: shows where the text of a field goes. */
const markers = [
  'N',
  '/srv/Nd/N',
  'Nd/N',
  '/N',
  '/N/',
  '/N.txt',
  'N.wsgi',
  '.N',
  'N:N',
  'www.N.test',
  '192.0.2.99',
].concat([
  '^/N/([^/]+)',
  '^/N/([^/]+)$',
  '/srv/Nd/$1.wsgi',
  'Nd/$1',
  '%{HTTP:N}',
  '%{ENV:N}',
  'X-N',
  '%{N}',
  '[2001:db8::99]',
])

interface Marked {
  readonly marker: string
  readonly leaves: readonly (readonly Word[])[]
  /** Those that hold the marker, and of the others what they are, as one text each. */
  readonly own: readonly (readonly Word[])[]
  readonly others: readonly string[]
}

const markedBy = (marker: string, tree: readonly ParsedDirective[]): Marked => {
  const all = leaves(tree).map((one) => [one, JSON.stringify(one)] as const)
  return {
    marker,
    leaves: all.map(([one]) => one),
    own: all.flatMap(([one, text]) => (text.includes(marker) ? [one] : [])),
    others: all.flatMap(([, text]) => (text.includes(marker) ? [] : [text])),
  }
}

/** A folder and a file, and a path with and without $1, become different directives. */
const shapeOf = (value: string): string => `${value.endsWith('/')} ${value.includes('$')}`

class Markers {
  readonly #field: TextField
  readonly #known = new Map<string, Marked | undefined>()

  constructor(field: TextField) {
    this.#field = field
  }

  async like(value: string): Promise<Marked | undefined> {
    const shape = shapeOf(value)
    if (!this.#known.has(shape)) this.#known.set(shape, (await this.#find(shape)) ?? (await this.#find('')))
    return this.#known.get(shape)
  }

  async #find(shape: string): Promise<Marked | undefined> {
    for (const marker of markers.map((one) => one.replaceAll('N', 'zqxj'))) {
      if (shape !== '' && shapeOf(marker) !== shape) continue
      const tree = await toldApache(filled([this.#field], marker))
      if (tree !== undefined) return markedBy(marker.includes('zqxj') ? 'zqxj' : marker, tree)
    }
    return undefined
  }
}

/** What becomes of a text on its way: a pattern, a path of the code, its folder, its name, the name of a script. */
const formsOf = (value: string): readonly string[] => {
  const path = value.startsWith('/') ? value : `/srv/code/${value}`
  const parts = [
    posix.dirname(path.replace(/\$.*/, '$')),
    posix.basename(value),
    value.replace(/^.*\$[1-9]/, ''),
    value.replace(/\/$/, ''),
  ]
  const slug = value
    .split('/')
    .filter((part) => part !== '')
    .join('-')
  // the group of a pattern, which is a set of characters, stands where $1 was
  const start = value.includes('$') ? [`${posix.basename(value.split('$')[0] ?? '')}[`] : []
  return [value, ...parts, slug, ...start].filter((one) => one !== '').flatMap((one) => [one, literally(one)])
}

const isSection = /^(Directory|DirectoryMatch|Files|FilesMatch|Location|LocationMatch)$/

const isLike = (
  found: readonly Word[],
  like: readonly Word[],
  marker: string,
  isOwn: (word: string) => boolean,
  isKnown: (word: string) => boolean,
): boolean => {
  const fits = (word: string, other: string): boolean => word === other || (other.includes(marker) && isOwn(word))
  const last = found.at(-1) ?? ['']
  const lastLike = like.at(-1) ?? ['']
  return (
    last.length === lastLike.length &&
    last.every((word, index) => fits(word, lastLike[index] ?? '')) &&
    found
      .slice(0, -1)
      .every(
        ([name, ...args]) =>
          like.some(
            (section) => section[0] === name && args.every((arg, index) => fits(arg, section[index + 1] ?? '')),
          ) ||
          (isSection.test(name) && args.every((arg) => isOwn(arg) || isKnown(arg))),
      )
  )
}

/** `whole` without what is in `part`; undefined where `part` has something that `whole` has not. */
const without = (
  whole: readonly (readonly Word[])[],
  part: readonly string[],
): readonly (readonly Word[])[] | undefined => {
  const missing = new Map<string, number>()
  for (const text of part) missing.set(text, (missing.get(text) ?? 0) + 1)
  let found = 0
  const rest = whole.filter((one) => {
    const text = JSON.stringify(one)
    const left = missing.get(text) ?? 0
    if (left === 0) return true
    missing.set(text, left - 1)
    found++
    return false
  })
  return found === part.length ? rest : undefined
}

/** Why a value does more than it should, or undefined. */
const fault = (
  tree: readonly ParsedDirective[],
  { marker, leaves: marked, own: expected, others: untouched }: Marked,
  value: string,
): string | undefined => {
  const own = without(leaves(tree), untouched)
  if (own === undefined) return 'changes a directive that is not its own'
  if (expected.length > 0 && own.length === 0) return 'is lost'
  const forms = formsOf(value)
  const isOwn = (word: string): boolean => forms.some((form) => word.includes(form))
  // what holds for scripts of a folder is said again for those that others of the same name would hide
  const places = marked.flatMap((one) => one.slice(1, -1).flatMap(([, ...args]) => args))
  const isKnown = (word: string): boolean => places.some((place) => word.includes(place))
  const strange = own.find((one) => ![...expected, ...marked].some((like) => isLike(one, like, marker, isOwn, isKnown)))
  return strange === undefined ? undefined : `becomes ${JSON.stringify(strange)}`
}

type Place = readonly [name: string, index: number, arg: string]

const nowhere = (): Place => ['ServerName', 0, 'notes.test']

/** Texts that take nearly everything, and have nothing to do with each other: where Apache is to find them. */
const places: Readonly<Record<string, (value: string) => Place>> = {
  'environ.demo.title': (value) => ['SetEnv', 1, value],
  'authentication.realm': (value) => ['AuthName', 0, value],
  'error-documents.404': (value) => ['ErrorDocument', 1, value],
  'error-documents.503': (value) => ['ErrorDocument', 1, value],
  'applications.1.static./static/.headers.X-Frame-Options': (value) => ['Header', 2, value],
  'headers.X-Content-Type-Options': (value) => ['Header', 3, value],
  'headers.Referrer-Policy': (value) => ['Header', 3, value],
  'static./cached/.headers.Cache-Control': (value) => ['Header', 2, value],
  'environ.demo.debugging.default': (value) => ['SetEnvIf', 2, `demo.debugging=${value}`],
  'environ.demo.debugging.when.0.matches': (value) => ['SetEnvIf', 1, value],
  'environ.demo.debugging.when.0.value': (value) => ['SetEnvIf', 2, `demo.debugging=${value}`],
  'environ.demo.debugging.when.1.matches': (value) => ['RewriteCond', 1, value],
  'environ.demo.debugging.when.1.value': (value) => ['RewriteRule', 2, `[E=demo.debugging:${value}]`],
  'environ.demo.group.default': (value) => ['SetEnvIf', 2, `demo.group=${value}`],
  'environ.demo.group.when.0.matches': (value) => ['SetEnvIf', 1, value],
  'environ.demo.group.when.0.value': (value) => ['SetEnvIf', 2, `demo.group=${value}`],
  'rewrite-maps.spare.entries.key': nowhere,
  'ssh.identity-file': nowhere,
  'ssh.config-file': nowhere,
  'ssh.sudo-password.file': nowhere,
  'settings.TITLE': nowhere,
  'settings.TOKEN.file': nowhere,
  'authentication.users.ada.file': nowhere,
  'init.0': nowhere,
  check: nowhere,
  'check.path': nowhere,
  'check.body': nowhere,
}

const free = textFields.filter(({ path }) => path in places)
/** Code that is sent would be read, wherever it comes from; Apache is never told of that. */
const sent = ['code.folder', 'code.package', 'code.git', 'code.ref', 'code.subfolder']
const others = textFields.filter(({ path }) => !(path in places) && !sent.includes(path))

describe('a hostile text that is taken is read back as it is', () => {
  let takers = new Map<string, TextField[]>()
  beforeAll(() => {
    takers = new Map()
    for (const field of free) {
      for (const value of taken(field)) takers.set(value, [...(takers.get(value) ?? []), field])
    }
  })

  it('in its own place, and all the rest stays as it was', async () => {
    expect(free.map(({ path }) => path).sort()).toEqual(Object.keys(places).sort())
    const tried = { taken: 0, refused: 0 }
    const base = leaves((await toldApache(maximalFlags)) ?? [])
    const check = async (fields: readonly TextField[], value: string): Promise<void> => {
      const tree = await toldApache(filled(fields, value))
      if (tree === undefined) {
        // one of them contradicts another part of the file
        if (fields.length === 1) tried.refused++
        else for (const field of fields) await check([field], value)
        return
      }
      tried.taken += fields.length
      const found = leaves(tree)
      expect(found.map((words) => words.map(([name]) => name))).toEqual(
        base.map((words) => words.map(([name]) => name)),
      )
      const changed = found.filter((words, index) => JSON.stringify(words) !== JSON.stringify(base[index]))
      const wanted = fields.map(({ path }): Place => places[path]?.(value) ?? ['', 0, ''])
      for (const words of changed) {
        const [name, ...args] = words.at(-1) ?? ['']
        expect(
          wanted.some(([of, index, arg]) => of === name && args[index] === arg),
          JSON.stringify(words),
        ).toBe(true)
      }
      const all = found.map((words) => words.at(-1) ?? [''])
      for (const [name, index, arg] of wanted) {
        expect(
          all.some(([of, ...args]) => of === name && args[index] === arg),
          `${name}: ${value}`,
        ).toBe(true)
      }
    }
    for (const [value, fields] of takers) await check(fields, value)
    expect(tried.taken).toBeGreaterThan(10_000)
  }, 600_000)
})

/** Of a source extension it depends what is denied; of words that Apache itself knows there is no other to compare with. */
const isKnown = ({ path }: TextField, value: string): boolean =>
  (path.includes('.handlers.') && ['.py', '.pyc', '.wsgi', '.cgi'].includes(value)) ||
  (/\.(satisfy|users|script-user|script-group)$|^log-level/.test(path) && /^(any|all|root|info|warn)$/.test(value))

describe('a hostile value that is taken changes what it is about, and nothing else', () => {
  it('there are at least two thousand of them', () => {
    expect(hostileValues.length).toBeGreaterThanOrEqual(2000)
  })

  it.each(others.map((field) => [field.path, field] as const))(
    '%s',
    async (_, field) => {
      const known = new Markers(field)
      const before = markedBy('zqxj', (await toldApache(filled([], ''))) ?? [])
      const wrong: string[] = []
      for (const value of sampled(taken(field), 60)) {
        // a key that is there already would be replaced, and __proto__ is refused before there is an object
        const isThere = `"__proto__"${JSON.stringify(maximalFlags)}`.includes(JSON.stringify(value))
        if (isKnown(field, value) || (field.isKey && isThere)) continue
        const tree = await toldApache(filled([field], value))
        if (tree === undefined) continue
        const like = await known.like(value)
        const why = fault(tree, like ?? before, value)
        if (why !== undefined) wrong.push(`${JSON.stringify(value)} ${why}`)
      }
      expect(wrong).toEqual([])
    },
    120_000,
  )
})
