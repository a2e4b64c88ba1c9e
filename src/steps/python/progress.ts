import type { Progress, ProgressReader, ReadLine } from '../../core/progress.js'

/** A name that is longer than this is none. */
const longest = 200

const FOUND = /^\s*(?:Collecting|Requirement already satisfied:)\s+([\w.-]+)/
const FETCHED = /^\s*(Downloading|Using cached)\s+(\S+)(?:\s+(\([\d.]+ ?[kMG]?B\)))?\s*$/
const BUILDING = /^\s*(Building wheels? for|Running setup\.py \w+ for)\s+([\w.-]+).*: (?:started|still running)/
const OTHER = /^\s*((?:Installing build dependencies|Getting requirements to build wheel|Preparing \w+).*?): started/
const INSTALLING = /^\s*Installing collected packages:\s+(.+)$/

const fileOf = (address: string): string => address.split('/').at(-1) ?? address

/** What pip does now; undefined for a line that says nothing new. */
const whatOf = (line: string): string | undefined => {
  const [, fetched, address = '', size] = FETCHED.exec(line) ?? []
  if (fetched !== undefined) return [fetched, fileOf(address), ...(size === undefined ? [] : [size])].join(' ')
  const [, building, name] = BUILDING.exec(line) ?? []
  if (building !== undefined && name !== undefined) return `${building} ${name}`
  const [, other] = OTHER.exec(line) ?? []
  if (other !== undefined) return other
  const [, packages] = INSTALLING.exec(line) ?? []
  return packages === undefined ? undefined : `Installing ${packages}`
}

/** How many requirements there are is not known before pip has looked at all of them: those are counted that are known. */
const open = (): ReadLine => {
  const known = new Set<string>()
  return (line): Progress | undefined => {
    const [, name] = FOUND.exec(line) ?? []
    if (name !== undefined) known.add(name.toLowerCase())
    const what = name === undefined ? whatOf(line) : `Collecting ${name}`
    return what === undefined ? undefined : { what: what.slice(0, longest), count: known.size }
  }
}

/** What pip is at, read from what it prints for people. */
export const pipProgress: ProgressReader = { stream: 'stdout', open }
