import { createHmac } from 'node:crypto'

/** The same numbers for the same seed, on every computer (mulberry32). */
const seeded = (seed: number) => {
  let state = seed
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return {
    below: (limit: number): number => Math.floor(next() * limit),
    chance: (probability: number): boolean => next() < probability,
    of<T>(first: T, ...rest: readonly T[]): T {
      return [first, ...rest][Math.floor(next() * (rest.length + 1))] ?? first
    },
  }
}

type Random = ReturnType<typeof seeded>

/** `TYPE BASE64` of keys: those that the host has, others of the same types, one of a type that it has not. */
export interface KeyPool {
  readonly right: readonly [string, ...string[]]
  readonly wrong: readonly [string, ...string[]]
}

interface Target {
  readonly name: string
  readonly port: number
}

/** Whom the files speak of, and whom they do not mean. */
const targets: readonly [Target, ...Target[]] = [
  { name: 'shop.test', port: 22 },
  { name: 'shop.test', port: 2222 },
  { name: 'Shop.Test', port: 22 },
  { name: '10.1.2.3', port: 22 },
  { name: '10.1.2.3', port: 2222 },
  { name: '::1', port: 2222 },
]

export interface KnownHostsCase extends Target {
  /** Of the files in their order. */
  readonly texts: readonly string[]
}

const tokenOf = (name: string, port: number): string => (port === 22 ? name : `[${name}]:${port}`).toLowerCase()

const hashed = (random: Random, token: string): string => {
  const salt = Buffer.from(Array.from({ length: 20 }, () => random.below(256)))
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(token).digest('base64')}`
}

const patternFor = (random: Random, { name, port }: Target): string => {
  const token = tokenOf(name, port)
  const lower = name.toLowerCase()
  return random.of(
    ...([token, token, token, lower, token.toUpperCase(), `${lower}x`, `[${lower}]:2022`, 'other.test', ''] as const),
    ...['*', '*.test', 'sh?p.test', 's*p.*', '10.1.2.?', '10.*', '[*]:2222', '[*]:*', `[${lower}]:*`, '*:*', '?'],
    ...[`!${token}`, `!${lower}`, '!*.test', '!other.test', '!'],
  )
}

const hostsFor = (random: Random, target: Target): string => {
  if (random.chance(0.2)) {
    const token = random.of(tokenOf(target.name, target.port), target.name.toLowerCase(), 'other.test')
    // two names cannot be hashed together
    return hashed(random, token) + (random.chance(0.1) ? `,${hashed(random, token)}` : '')
  }
  return Array.from({ length: 1 + random.below(3) }, () => patternFor(random, target)).join(',')
}

/** What a disk, an editor or a person makes of a key. */
const damaged = (random: Random, key: string): string => {
  const [type = '', text = ''] = key.split(' ')
  const at = 30 + random.below(20)
  return random.of(
    `${type} ${text.slice(0, -4 * (1 + random.below(8)))}`,
    `${type} ${text.slice(0, at)}!${text.slice(at)}`,
    `${type} ${text}AAAA`,
    `${type} ${text.slice(0, at)} ${text.slice(at)}`,
    `ssh-rsa ${text}`,
    `2048 65537 ${random.below(1e9)}`,
    type,
    text,
    '',
  )
}

const lineFor = (random: Random, target: Target, { right, wrong }: KeyPool): string => {
  if (random.chance(0.08))
    return random.of('', '# a comment', `#${target.name} ${right[0]}`, 'garbage', '\u0000\u0001', ' \t ')
  const marker = random.chance(0.75) ? '' : random.of('@revoked ', '@cert-authority ', '@other ', '@revoked @revoked ')
  const pool = marker.startsWith('@revoked') ? random.chance(0.3) : random.chance(0.6)
  const whole = random.of(...(pool ? right : wrong))
  const key = random.chance(0.15) ? damaged(random, whole) : whole
  const space = random.of(' ', ' ', '\t', '  ')
  const comment = random.of('', '', ' a comment with words', `\t# ${target.name}`)
  return `${random.of('', '', '', '  ', '\t')}${marker}${hostsFor(random, target)}${space}${key}${comment}`
}

const fileFor = (random: Random, target: Target, keys: KeyPool): string => {
  const lines = Array.from({ length: random.below(5) }, () => lineFor(random, target, keys))
  const end = random.chance(0.15) ? '\r\n' : '\n'
  return lines.join(end) + (random.chance(0.9) ? end : '')
}

export const knownHostsCases = (seed: number, count: number, keys: KeyPool): readonly KnownHostsCase[] => {
  const random = seeded(seed)
  return Array.from({ length: count }, () => {
    const target = random.of(...targets)
    const files = random.chance(0.3) ? 2 : 1
    return { ...target, texts: Array.from({ length: files }, () => fileFor(random, target, keys)) }
  })
}
