import { z } from 'zod'
import { findings } from '../config/findings.js'
import { inlineSecrets } from '../config/inline-secrets.js'
import { listed, type Finding, type Mistake, type Path } from '../config/mistake.js'
import { descriptionAt } from '../config/reference.js'
import { originOf, overlaid, type Override } from '../config/overrides.js'
import { flagsFile } from '../config/schema.js'
import type { Parsed } from '../config/yaml.js'
import type { ComposedHost } from './compose.js'
import type { Said } from './gathering.js'

/** What the flags file says for all hosts alike. */
export interface Base {
  /** Without what it says of the fleet. */
  readonly settings: unknown
  /** Undefined where there is no flags file. */
  readonly parsed: Pick<Parsed, 'place' | 'written'> | undefined
  /** Options and variables, which are stronger than any host. */
  readonly given: readonly Override[]
}

export interface Judgement {
  /** Of the flags file's own settings. */
  readonly ofFile: readonly Mistake[]
  /** Of what is said of hosts and groups. */
  readonly ofHosts: readonly Mistake[]
}

/** How the file is to be read, and what is of the fleet as a whole. */
const ofAllHosts: readonly string[] = ['version', 'fleet']

type Mapping = Readonly<Record<string, unknown>>

const mappingOf = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

/**
 * Whether each setting of each host can be, together with what the flags file says: a key at a time, and what several
 * hosts share once. Rules between keys are for the run of each host.
 */
export const judgeSettings = (
  hosts: readonly ComposedHost[],
  idle: readonly (readonly Said[])[],
  { settings, parsed, given }: Base,
): Judgement => {
  const base = mappingOf(settings)
  const ofHosts: Mistake[] = []
  const judged = new Set<string>()
  const numbers = new Map<Said, number>()
  /** Key -> how many hosts say something of it. */
  const saying = new Map<string, number>()
  const judge = (all: readonly Said[], count: boolean): void => {
    for (const [key, said] of byKey(all)) {
      if (count) saying.set(key, (saying.get(key) ?? 0) + 1)
      for (const one of said) if (!numbers.has(one)) numbers.set(one, numbers.size)
      const together = said.map((one) => numbers.get(one)).join(' ')
      if (judged.has(together)) continue
      judged.add(together)
      if (ofAllHosts.includes(key)) {
        ofHosts.push(...said.map(({ path, place }) => ({ path, message: 'is the same for all hosts', ...place([]) })))
        continue
      }
      const own = Object.hasOwn(base, key) ? { [key]: base[key] } : {}
      const value = overlaid(own, [...said, ...given.filter(({ path }) => path[0] === key)])
      for (const finding of findingsOf(key, value, () => undefined)) {
        const by = saidBy(said, finding.path)
        if (by !== undefined) ofHosts.push({ ...finding, ...by.place(finding.path.slice(by.path.length), finding.at) })
      }
    }
  }
  for (const { said } of hosts) judge(said, true)
  for (const said of idle) judge(said, false)
  const wrong = Object.keys(base)
    // what every host says otherwise, nobody reads
    .filter((key) => hosts.length === 0 || saying.get(key) !== hosts.length)
    .flatMap((key) => {
      const value = overlaid(
        { [key]: base[key] },
        given.filter(({ path }) => path[0] === key),
      )
      return findingsOf(key, value, parsed?.written ?? (() => undefined))
    })
    // of an option it is told where it is read for a host
    .filter(({ path }) => originOf(given, path) === undefined)
  const missing = hosts.length === 0 ? [] : missingIn(base, hosts, saying, given)
  const place = parsed?.place
  return {
    ofFile: place === undefined ? [] : [...wrong, ...missing].map((one) => ({ ...one, ...place(one.path, one.at) })),
    ofHosts,
  }
}

const byKey = (all: readonly Said[]): ReadonlyMap<string, readonly Said[]> => {
  const found = new Map<string, Said[]>()
  for (const one of all) {
    const key = String(one.path[0])
    const list = found.get(key)
    if (list === undefined) found.set(key, [one])
    else list.push(one)
  }
  return found
}

/** Who said what is wrong, or a part of it. */
const saidBy = (said: readonly Said[], path: Path): Said | undefined =>
  said.findLast((one) => one.path.every((segment, index) => path[index] === segment)) ??
  said.findLast((one) => path.every((segment, index) => one.path[index] === segment))

const fields: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(flagsFile.shape))
const forms = new Map<string, z.ZodType>()

/** The schema of one key: with all the others beside it, it would take forty times as long. */
const formOf = (key: string): z.ZodType => {
  const known = forms.get(key)
  if (known !== undefined) return known
  const field = fields.get(key)
  const made = z.strictObject(field === undefined ? {} : { [key]: field })
  forms.set(key, made)
  return made
}

const findingsOf = (key: string, value: unknown, written: Parsed['written']): readonly Finding[] => {
  const result = formOf(key).safeParse(value)
  return [...inlineSecrets(value), ...(result.success ? [] : findings(result.error.issues, value, written))]
}

const required = ['version', 'site', 'server-name', 'code'] as const

/** What neither the flags file nor an option says, and not every host. */
const missingIn = (
  base: Mapping,
  hosts: readonly ComposedHost[],
  saying: ReadonlyMap<string, number>,
  given: readonly Override[],
): readonly Finding[] =>
  required
    .filter((key) => !Object.hasOwn(base, key) && !given.some(({ path }) => path[0] === key))
    .filter((key) => saying.get(key) !== hosts.length)
    .map((key) => {
      const without = hosts.filter(({ said }) => !said.some(({ path }) => path[0] === key)).map(({ name }) => name)
      const of = without.length === hosts.length ? '' : ` for ${listed(without)}`
      return { path: [key], message: `is missing${of}: ${descriptionAt([key]) ?? ''}` }
    })
