/** Everything is tried by `npm run test:full`; otherwise a sample of it, which the seed decides. */
export const isFull = process.env['TEST_EVERYTHING'] === '1'

export const seed = Number(process.env['DEPLOY_FLASK_FAULTS_SEED'] ?? 20_261_130)

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export const random = (start: number): (() => number) => {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** All of them, or so many, in their order. */
export const sampled = <T>(all: readonly T[], count: number): readonly T[] => {
  if (isFull || all.length <= count) return all
  const next = random(seed)
  const drawn = all.map((one, index) => ({ one, index, at: next() })).toSorted((a, b) => a.at - b.at)
  return drawn
    .slice(0, count)
    .toSorted((a, b) => a.index - b.index)
    .map(({ one }) => one)
}
