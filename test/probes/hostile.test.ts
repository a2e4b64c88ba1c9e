import { describe, expect, it } from 'vitest'
import { flaskSite } from '../../playbooks/flask-site.js'
import type { Answer } from '../../src/core/command.js'
import { surveyHost } from '../../src/engine/survey.js'
import { DeployError } from '../../src/errors.js'
import { plainText as colours } from '../../src/render/colour.js'
import { errorText } from '../../src/render/error.js'
import { planText } from '../../src/render/plan-text.js'
import { playback } from '../fixtures/recorded-host.js'
import { sampleSite } from '../fixtures/site.js'
import { poisons } from '../render/poison.js'

const phases = flaskSite.phases(sampleSite())

/** What a host may say in the place of a fact: of any type, of any length, and made to be run somewhere. */
const values: readonly unknown[] = [
  ...[
    '',
    ' ',
    '$(touch /tmp/p)',
    '`id`',
    "'; id; '",
    '"',
    '\\',
    'a\nb',
    '\r\n',
    '\0',
    'a\0b',
    '\ud800',
    '\udfff\ud800',
  ],
  ...['__proto__', 'constructor', '../../etc/shadow', '-rf', '%s%n', '${HOME}', '</VirtualHost>', 'root', '0', 'NaN'],
  ...poisons,
  'x'.repeat(1_000_000),
  '\n'.repeat(100_000),
  ...[null, true, false, 0, -1, 1e308, 0.5, [], {}, [[]], [null], { __proto__: null }],
  Array.from({ length: 20_000 }, () => 'x'),
]

const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`

type Edit = (place: number, old: unknown) => unknown

/** Each leaf of a JSON value, numbered; `edit` is asked what stands there instead. */
const edited = (value: unknown, edit: Edit, counter = { next: 0 }): unknown => {
  if (Array.isArray(value)) return value.map((one) => edited(one, edit, counter))
  if (typeof value !== 'object' || value === null) return edit(counter.next++, value)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, edited(one, edit, counter)]))
}

const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/

/** A survey of a host that answers so: a plan, or an error with a code; and nothing that steers a terminal in either. */
const judge = async (answer: (sh: string) => string): Promise<string> => {
  const ask = async (questions: readonly { readonly sh: string }[]): Promise<readonly Answer[]> =>
    Promise.resolve(questions.map(({ sh }) => ({ stdout: answer(sh), stderr: '', exitCode: 0 })))
  try {
    const { plan, refusals } = await surveyHost({ ask }, phases)
    const shown = [planText(plan, { colours, commands: true }), ...refusals.map((one) => errorText(one, colours))]
    expect(shown.filter((text) => steering.test(text))).toEqual([])
    return 'planned'
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    expect(steering.exec(errorText(error, colours))?.[0]).toBeUndefined()
    return error.code
  }
}

const usual = playback('deployed')
const said = (sh: string): string => usual({ sh })?.stdout ?? ''

let tried = 0

describe('a fact that is none is an error with a code, and never more', () => {
  it.each(values.map((value) => [JSON.stringify(value).slice(0, 40), value] as const))(
    '%s, in the place of each leaf of the answer',
    async (_, value) => {
      const leaves = { next: 0 }
      edited(JSON.parse(said(factsOf())), (__, old) => old, leaves)
      // a prime, so that each value meets other leaves than the one before
      for (let place = values.indexOf(value) % 13; place < leaves.next; place += 13) {
        const made = JSON.stringify(edited(JSON.parse(said(factsOf())), (at, old) => (at === place ? value : old)))
        await judge((sh) => (sh === factsOf() ? made : said(sh)))
        tried++
      }
    },
    60_000,
  )

  it.each(['', '\0', deep, '{}', '[]', '{"__proto__":[]}', 'x'.repeat(1_000_000), ...poisons])(
    '%j, in the place of each whole answer',
    async (text) => {
      const asked: string[] = []
      await judge((sh) => (asked.push(sh), said(sh)))
      for (const question of asked) {
        await judge((sh) => (sh === question ? text : said(sh)))
        tried++
      }
    },
    60_000,
  )

  it('more than a thousand were tried', () => {
    expect(tried).toBeGreaterThan(1_000)
  })
})

let facts = ''
/** The question that all facts are the answer to. */
function factsOf(): string {
  return facts
}

await surveyHost(
  {
    ask: async (questions) => {
      facts = questions.find(({ sh }) => sh.startsWith('python3 -I'))?.sh ?? ''
      return Promise.resolve(questions.map(({ sh }) => ({ stdout: said(sh), stderr: '', exitCode: 0 })))
    },
  },
  phases,
)
