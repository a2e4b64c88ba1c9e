import * as fc from 'fast-check'
import type { ManySites } from '../helpers/many-sites.js'
import { flagsFiles, type Written } from './arbitraries.js'
import { accepted, disagreements, type Disagreement } from './compare.js'
import { urlChoices, type UrlChoice } from './urls.js'
import type { World } from './world.js'

export const urlsPerFile = 10

export type Sample = readonly [written: Written, urls: readonly UrlChoice[]]

const samples: fc.Arbitrary<Sample> = fc.tuple(
  flagsFiles,
  fc.array(urlChoices, { minLength: urlsPerFile, maxLength: urlsPerFile }),
)

/** One reload for each step: enough to come near the smallest. */
const steps = 40

const property = (holds: (sample: Sample) => Promise<boolean>) => fc.asyncProperty(samples, holds)

export const sampled = (seed: number, files: number): readonly Sample[] =>
  fc
    .sample(
      property(() => Promise.resolve(true)),
      { seed, numRuns: files },
    )
    .map(([sample]) => sample)

/** The smallest flags file and URL that still disagree, found with real reloads; undefined where it agrees alone. */
export const smallest = async (
  sites: ManySites,
  seed: number,
  index: number,
  world: World,
): Promise<Disagreement | undefined> => {
  let left = steps
  let last: Disagreement | undefined
  const agrees = async ([written, urls]: Sample): Promise<boolean> => {
    if (left === 0) return true
    const it = await accepted(written, 'shrunk')
    if (it === undefined) return true
    left--
    await sites.serve([it.site])
    const [found] = await disagreements(sites, it, urls, world)
    last = found ?? last
    return found === undefined
  }
  await fc.check(property(agrees), { seed, path: String(index), numRuns: 1 })
  return last
}
