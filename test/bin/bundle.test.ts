import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'

const folder = join(import.meta.dirname, '../../dist/cli')
const sourceMap = z.object({ sources: z.array(z.string()) })

/** Of all chunks, what they are made from. */
const sources = (): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.map'))
    .flatMap((name) => sourceMap.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))).sources)

it.skipIf(!existsSync(folder))(
  'the libraries of SSH come without what nothing calls (skipped before npm run build)',
  () => {
    const modules = sources().flatMap((source) => source.split('/node_modules/')[1] ?? [])
    expect(modules).toEqual(expect.arrayContaining(['ssh2/lib/client.js', 'node-ssh/lib/esm/index.mjs']))
    const unused = /^(semver|make-dir)\/|^ssh2\/lib\/(server|http-agents|keygen)\.js$/
    expect(modules.filter((module) => unused.test(module))).toEqual([])
  },
)
