import { flagsFile } from '../config/schema.js'
import type { Left } from './hand-made.js'
import type { Around, Seen } from './seen.js'

/** A setting with the place that says it. */
export interface Taken {
  readonly key: string
  readonly value: unknown
  readonly because: string
}

/** What a site that was made by hand is in the words of the flags file. */
export interface Adoption {
  readonly settings: readonly Taken[]
  readonly left: readonly Left[]
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[]
  /** SHA-256 of the virtual host. */
  readonly virtualHost: string
  /** Whether it may be replaced: otherwise that would open what is closed now. */
  readonly isSafe: boolean
}

const shape: Readonly<Record<string, { safeParse(value: unknown): { readonly success: boolean } }>> = flagsFile.shape

const isTaken = (key: string, value: unknown): boolean =>
  Object.hasOwn(shape, key) && shape[key]?.safeParse(value).success === true

/** The flags file as it comes to be. */
export class Draft {
  readonly settings: Taken[] = []
  readonly left: Left[]
  readonly notes: string[] = []
  readonly #seen: Seen

  constructor(seen: Seen, { kinds }: Around) {
    this.#seen = seen
    this.left = seen.host.left.map(({ onlyWith, protects, ...one }) => ({
      ...one,
      protects: protects && (onlyWith === undefined || kinds[onlyWith] === 'file'),
    }))
  }

  at(line: number): string {
    return `${this.#seen.site.path}:${line}`
  }

  /** What the schema does not take is told, and left out: whoever wrote the site may be anybody. */
  take(key: string, value: unknown, because: string): boolean {
    if (!isTaken(key, value)) {
      this.left.push({
        where: because,
        text: `${key}: ${JSON.stringify(value)}`.slice(0, 300),
        why: 'the setting does not take this value',
        protects: false,
      })
      return false
    }
    this.settings.push({ key, value, because })
    return true
  }

  /** Of a mapping what the schema takes, and the rest told. */
  takeEach(key: string, value: Readonly<Record<string, unknown>>, because: string): void {
    const kept: Record<string, unknown> = {}
    for (const [name, one] of Object.entries(value)) {
      if (isTaken(key, { [name]: one })) kept[name] = one
      else this.take(key, { [name]: one }, because)
    }
    if (Object.keys(kept).length > 0) this.take(key, kept, because)
  }
}
