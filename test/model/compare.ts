import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'yaml'
import { z } from 'zod'
import { readFlags } from '../../src/config/load.js'
import type { FlagsFile } from '../../src/config/schema.js'
import { resolveSite } from '../../src/config/site.js'
import type { Site } from '../../src/core/site.js'
import { DeployError } from '../../src/errors.js'
import type { Answered, ManySites } from '../helpers/many-sites.js'
import type { Written } from './arbitraries.js'
import { applicationsIn, codeFolder, hostFiles } from './code.js'
import { predict } from './predict.js'
import { askedOf, type UrlChoice } from './urls.js'
import type { Answer, Asked, World } from './world.js'

/** A flags file that the product accepts, and what it makes of it. */
export interface Accepted {
  readonly text: string
  readonly flags: FlagsFile
  readonly site: Site
}

const refusals = new Set(['CONFIG_INVALID', 'PATH_DANGEROUS'])

/** Undefined where the flags file is refused. */
export const accepted = async (written: Written, name: string): Promise<Accepted | undefined> => {
  const text = stringify(written(name), { aliasDuplicateObjects: false })
  try {
    const { flags, where } = readFlags(text, 'model.yml')
    const { site } = await resolveSite(flags, { now: new Date(0), directory: '/', env: {}, where })
    return { text, flags, site }
  } catch (error) {
    if (error instanceof DeployError && refusals.has(error.code)) return undefined
    throw error
  }
}

export const worldFor = (client: string): World => ({
  files: new Set(hostFiles.keys()),
  applicationsIn,
  codeFolder,
  client,
})

/** What the scripts of the code say of themselves. */
const said = z.union([
  z
    .strictObject({
      application: z.string(),
      scriptName: z.string(),
      pathInfo: z.string(),
      processGroup: z.string(),
      applicationGroup: z.string(),
    })
    .transform((it) => ({ kind: 'application', ...it }) as const),
  z
    .strictObject({ cgi: z.string(), scriptName: z.string(), pathInfo: z.string() })
    .transform((it) => ({ kind: 'cgi', ...it }) as const),
])

const asAnswer = ({ status, body }: Answered): Answer => {
  if (status !== 200) return { kind: 'status', status }
  if (body.startsWith('{')) return said.parse(JSON.parse(body))
  const file = /^#(?:!\S+\n#)? (\/\S.*)\n/.exec(body)?.[1]
  if (file !== undefined) return { kind: 'file', path: file }
  return body.includes('<title>Index of ') ? { kind: 'listing' } : { kind: 'status', status }
}

export const answerOf = async (sites: ManySites, { path, host, headers }: Asked): Promise<Answer> =>
  asAnswer(await sites.ask(path, host, headers))

export interface Disagreement {
  readonly accepted: Accepted
  readonly asked: Asked
  readonly predicted: Answer
  readonly answered: Answer
}

/** Asks Apache for each URL of one site, and compares. */
export const disagreements = async (
  sites: ManySites,
  it: Accepted,
  urls: readonly UrlChoice[],
  world: World,
): Promise<readonly Disagreement[]> => {
  const compared = await Promise.all(
    urls.map(async (choice) => {
      const asked = askedOf(it.flags, choice)
      const predicted = predict(it.flags, asked, world)
      const answered = await answerOf(sites, asked)
      const isSame = isDeepStrictEqual(predicted, answered)
      return isSame ? [] : [{ accepted: it, asked, predicted, answered }]
    }),
  )
  return compared.flat()
}
