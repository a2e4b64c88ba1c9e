import { describe, expect, it } from 'vitest'
import { chooseRelease } from '../../src/commands/release-choice.js'
import type { SiteOnHost } from '../../src/commands/on-site.js'
import type { HistoryEvent } from '../../src/probes/history.js'
import type { SiteManifest } from '../../src/probes/manifest.js'

const release = (day: number, hash: string): string => `2026010${day}T000000Z-${hash}`
const [one, two, three] = [release(1, 'aaaa11112222'), release(2, 'aaaa33334444'), release(3, 'cccc55556666')] as const

const venvOf = (name: string): string => `/srv/shop/venvs/${name}`

const site = (events: readonly (readonly [HistoryEvent['event'], string, string?])[], releases = true): SiteOnHost => ({
  // of the manifest nothing else is looked at
  manifest: { site: 'shop', releases, code: '/home/me/shop' } as unknown as SiteManifest,
  history: {
    entry: null,
    events: events.map(([event, name, venv = 'v']) => ({ at: '2026-01-01', event, release: name, venv: venvOf(venv) })),
  },
})

const all = { releases: [one, two, three], venvs: ['v', 'w'] }

const three_ = site([
  ['live', one, 'w'],
  ['live', two],
  ['live', three],
])

const codeOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

describe('a rollback', () => {
  it('goes to the good release before the one that is online, with the venv that it had', () => {
    expect(chooseRelease(three_, all, undefined)).toMatchObject({ release: two, venv: venvOf('v') })
  })

  it('passes over releases that are gone, or whose venv is', () => {
    expect(chooseRelease(three_, { ...all, releases: [one, three] }, undefined)).toMatchObject({ release: one })
    expect(codeOf(() => chooseRelease(three_, { releases: [one, three], venvs: ['v'] }, undefined))).toBe(
      'RELEASE_MISSING',
    )
  })

  it.each([
    ['its whole name', one],
    ['the beginning of its time', '20260101'],
    ['the beginning of its hash', 'aaaa1'],
  ])('finds a release by %s', (_what, wanted) => {
    expect(chooseRelease(three_, all, wanted)).toMatchObject({ release: one, venv: venvOf('w') })
  })

  it('may name a bad release', () => {
    const bad = site([
      ['live', one],
      ['live', two],
      ['taken back', two],
    ])
    expect(chooseRelease(bad, all, 'aaaa3')).toMatchObject({ release: two })
    expect(codeOf(() => chooseRelease(bad, all, undefined))).toBe('RELEASE_MISSING')
  })

  it.each([
    ['nothing fits', 'zzz'],
    ['two fit', 'aaaa'],
    ['it never was online', release(4, 'dddd')],
    ['it is empty', ''],
  ])('is refused where %s, and lists what there is', (_what, wanted) => {
    expect(codeOf(() => chooseRelease(three_, all, wanted))).toBe('RELEASE_UNKNOWN')
  })

  it('is refused where there is nothing before, or no releases at all', () => {
    expect(codeOf(() => chooseRelease(site([['live', one]]), all, undefined))).toBe('RELEASE_MISSING')
    expect(codeOf(() => chooseRelease(site([]), all, undefined))).toBe('RELEASE_MISSING')
    expect(codeOf(() => chooseRelease(site([['live', one]], false), all, one))).toBe('RELEASE_MISSING')
  })
})
