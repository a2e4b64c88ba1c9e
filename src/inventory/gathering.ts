import type { Mistake, Path, Position } from '../config/mistake.js'
import type { Override } from '../config/overrides.js'

/** A setting of a host or group, with the place of each of its parts. */
export interface Said extends Override {
  readonly place: (inside: Path, what?: 'key') => Position
}

/** A name that was written somewhere. */
export interface Mention {
  readonly name: string
  readonly at: Position
}

export interface GatheredHost {
  readonly name: string
  readonly at: Position
  /** Groups that it says itself that it is in. */
  readonly groups: string[]
  readonly said: Said[]
}

export interface GatheredGroup {
  readonly name: string
  readonly at: Position
  /** Position in the order in which groups were first written. */
  readonly order: number
  readonly children: Mention[]
  readonly said: Said[]
  /** Of two groups of the same depth the one with the higher number is stronger; 1 where nobody says it. */
  priority: number
}

/** More than anybody has under one site, and few enough for any computer. */
const mostHosts = 100_000

/** The name of the group that holds every host, and what is said of all of them. */
export const everyHost = 'all'

/** What variables and settings are said of. */
export type Owner = Pick<GatheredHost, 'name' | 'said'> & Partial<Pick<GatheredGroup, 'priority'>>

/** What a reader finds in an inventory, in the order in which it is written. What is wrong with it is gathered, too. */
export class Gathering {
  readonly hosts = new Map<string, GatheredHost>()
  readonly groups = new Map<string, GatheredGroup>()
  readonly mistakes: Mistake[] = []
  readonly notes: string[] = []

  constructor(
    /** As it is shown in front of line and column. */
    readonly file: string,
    /** Lines and columns of what a program has written are found only where something is wrong with it. */
    private readonly isWrittenByProgram = false,
  ) {}

  /** Who says a setting: `FILE:LINE:COLUMN`. `owner`: the host or group that it is said of. */
  origin(at: Position, owner: string): string {
    return this.isWrittenByProgram ? `${this.file} (${owner})` : `${this.file}:${at.line}:${at.column}`
  }

  mistake(at: Position, path: Path, message: string): void {
    this.mistakes.push({ ...at, path, message })
  }

  host(name: string, at: Position): GatheredHost {
    const known = this.hosts.get(name)
    if (known !== undefined) return known
    const made: GatheredHost = { name, at, groups: [], said: [] }
    this.hosts.set(name, made)
    return made
  }

  group(name: string, at: Position): GatheredGroup {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    const made: GatheredGroup = { name, at, order: this.groups.size, children: [], said: [], priority: 1 }
    this.groups.set(name, made)
    return made
  }

  /** How many hosts may still be written. */
  get room(): number {
    return mostHosts - this.hosts.size
  }
}
