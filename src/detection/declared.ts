import { parse } from 'smol-toml'
import { z } from 'zod'
import { fromPoetry } from './versions.js'

/** What a file of a packaging tool says; what it leaves out is undefined. */
export interface Declared {
  readonly requirements?: readonly string[]
  readonly python?: string
  /** The key that the requirements stand under, for whoever looks for it. */
  readonly key: string
  /** What cannot be written as a requirement, as it is written there. */
  readonly refused?: readonly string[]
  /** What only running it would tell. */
  readonly unread?: readonly string[]
}

/** Undefined: not TOML. */
const toml = (text: string): unknown => {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

const texts = z.array(z.string())
const table = z.record(z.string(), z.unknown())

const pyproject = z.object({
  project: z.object({ dependencies: texts.optional(), 'requires-python': z.string().optional() }).optional(),
  tool: z.object({ poetry: z.object({ dependencies: table.optional() }).optional() }).optional(),
})

export const declaredInPyproject = (text: string): Declared | undefined => {
  const { data } = pyproject.safeParse(toml(text))
  const poetry = data?.tool?.poetry?.dependencies
  if (data === undefined) return undefined
  const { dependencies, 'requires-python': python } = data.project ?? {}
  if (dependencies === undefined && poetry !== undefined)
    return { ...fromTable(poetry), key: 'tool.poetry.dependencies' }
  return {
    key: 'project.dependencies',
    ...(dependencies === undefined ? {} : { requirements: dependencies }),
    ...(python === undefined ? {} : { python }),
  }
}

const dependency = z.union([
  z.string().transform((version) => ({ version })),
  z.object({
    version: z.string().optional(),
    extras: texts.optional(),
    markers: z.string().optional(),
    optional: z.boolean().optional(),
    git: z.string().optional(),
    path: z.string().optional(),
    url: z.string().optional(),
  }),
])

/** The tables of Poetry and Pipenv: name -> version, or a mapping with it. */
const fromTable = (entries: Readonly<Record<string, unknown>>): Omit<Declared, 'key'> => {
  const requirements: string[] = []
  const refused: string[] = []
  for (const [name, written] of Object.entries(entries)) {
    const { data } = dependency.safeParse(written)
    if (name === 'python' || (data !== undefined && 'optional' in data && data.optional === true)) continue
    const isElsewhere = data !== undefined && ('git' in data || 'path' in data || 'url' in data)
    const specifier = data === undefined || isElsewhere ? undefined : fromPoetry(data.version ?? '*')
    if (data === undefined || specifier === undefined) refused.push(name)
    else {
      const extras = 'extras' in data && data.extras !== undefined ? `[${data.extras.join(',')}]` : ''
      const markers = 'markers' in data && data.markers !== undefined ? `; ${data.markers}` : ''
      requirements.push(`${name}${extras}${specifier}${markers}`)
    }
  }
  const python = typeof entries['python'] === 'string' ? fromPoetry(entries['python']) : undefined
  return { requirements, refused, ...(python === undefined ? {} : { python }) }
}

const pipfile = z.object({
  packages: table.optional(),
  requires: z.object({ python_version: z.string().optional(), python_full_version: z.string().optional() }).optional(),
})

export const declaredInPipfile = (text: string): Declared | undefined => {
  const { data } = pipfile.safeParse(toml(text))
  if (data === undefined) return undefined
  const { python_version: minor, python_full_version: full } = data.requires ?? {}
  const python = minor === undefined ? (full === undefined ? undefined : `==${full}`) : `==${minor}.*`
  return { ...fromTable(data.packages ?? {}), key: 'packages', ...(python === undefined ? {} : { python }) }
}

const lockedPackage = z.object({
  version: z.string().optional(),
  markers: z.string().optional(),
  extras: texts.optional(),
})

export const lockedInPipfile = (text: string): Declared | undefined => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const { data } = z.object({ default: table }).safeParse(json)
  return data === undefined ? undefined : { ...fromTable(onlyPlain(data.default)), key: 'default' }
}

/** Pipenv adds to each package what a requirement does not hold: hashes, the index. */
const onlyPlain = (entries: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => {
      const { data } = lockedPackage.safeParse(entry)
      return [name, data?.version === undefined ? { git: '' } : data]
    }),
  )

const poetryLock = z.object({
  package: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      optional: z.boolean().optional(),
      category: z.string().optional(),
      groups: texts.optional(),
      markers: z.string().optional(),
    }),
  ),
})

export const lockedInPoetry = (text: string): Declared | undefined => {
  const { data } = poetryLock.safeParse(toml(text))
  if (data === undefined) return undefined
  const main = data.package.filter(
    ({ optional, category, groups }) =>
      optional !== true && (category ?? 'main') === 'main' && (groups ?? ['main']).includes('main'),
  )
  return {
    key: 'package',
    requirements: main.map(
      ({ name, version, markers }) => `${name}==${version}${markers === undefined ? '' : `; ${markers}`}`,
    ),
  }
}
