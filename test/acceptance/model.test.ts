import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { ManySites, writeFiles } from '../helpers/many-sites.js'
import { cases } from '../model/cases.js'
import { hostFiles } from '../model/code.js'
import { accepted, answerOf, disagreements, worldFor, type Accepted, type Disagreement } from '../model/compare.js'
import { sampled, smallest, urlsPerFile } from '../model/shrink.js'
import type { UrlChoice } from '../model/urls.js'
import type { World } from '../model/world.js'

const seed = Number(process.env['DEPLOY_FLASK_MODEL_SEED'] ?? 20_240_601)
const wanted = Number(process.env['DEPLOY_FLASK_MODEL_FILES'] ?? (process.env['TEST_EVERYTHING'] === '1' ? 300 : 90))
/** So many virtual hosts at a time, with their process groups. */
const batchSize = 100

const told = ({ accepted: { text }, asked, predicted, answered }: Disagreement): string =>
  [
    `${asked.path} of ${asked.host} ${JSON.stringify(asked.headers ?? {})}`,
    `  predicted: ${JSON.stringify(predicted)}`,
    `  answered:  ${JSON.stringify(answered)}`,
    text.replace(/^/gm, '    '),
  ].join('\n')

describe('what answers a URL, as the documents of Apache and mod_wsgi have it', () => {
  let guest: Guest
  let sites: ManySites
  let world: World

  beforeAll(async () => {
    guest = await createGuest({ container: inject('deployed') }, 'model')
    await writeFiles(guest, hostFiles)
    sites = await ManySites.on(guest, [8080], ['rewrite', 'cgi'])
    world = worldFor(await sites.client())
  })
  afterAll(async () => {
    sites.close()
    await guest.destroy()
  })

  describe('in the named cases', () => {
    beforeAll(async () => {
      const all = await Promise.all(cases.map(({ written }, index) => accepted(written, `case-${index}`)))
      await sites.serve(all.flatMap((one) => one?.site ?? []))
    })

    it.each(cases.map((one, index) => [one.title, index, one] as const))('%s', async (_, index, { asked, answer }) => {
      const name = `case-${index}`
      expect(await answerOf(sites, asked(name))).toEqual(answer(name))
    })
  })

  it(`in flags files that nobody has thought of`, async () => {
    const start = performance.now()
    const found: (Disagreement & { readonly index: number })[] = []
    let accepts = 0
    let index = 0
    const samples = sampled(seed, wanted * 2)
    while (accepts < wanted) {
      const batch: (readonly [number, Accepted, readonly UrlChoice[]])[] = []
      while (batch.length < Math.min(batchSize, wanted - accepts) && index < samples.length) {
        const [written, urls] = samples[index] ?? []
        const one = written === undefined ? undefined : await accepted(written, `m${index}`)
        if (one !== undefined && urls !== undefined) batch.push([index, one, urls])
        index++
      }
      expect(batch, 'too many flags files are refused').not.toEqual([])
      await sites.serve(batch.map(([, { site }]) => site))
      const answers = batch.map(async ([at, one, urls]) =>
        (await disagreements(sites, one, urls, world)).map((it) => ({ ...it, index: at })),
      )
      found.push(...(await Promise.all(answers)).flat())
      accepts += batch.length
    }
    const refused = index - accepts
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    process.stdout.write(
      `model: ${accepts} flags files (${refused} more were refused), ${accepts * urlsPerFile} URLs, seed ${seed}, ${seconds} s\n`,
    )
    expect(refused / index).toBeLessThan(0.3)
    const [first] = found
    if (first === undefined) return
    const shrunk = await smallest(sites, seed, first.index, world)
    expect.fail(
      `${found.length} disagreements; the smallest of the first (seed ${seed}, flags file ${first.index}):\n` +
        told(shrunk ?? first),
    )
  })
})
