import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { examples, writeFlags } from '../helpers/flags.js'
import { answered, begun, ended, type Asked } from '../helpers/hostile-answers.js'
import { startHostileHost, type Hostility, type HostileHost, type Voice } from '../helpers/hostile-host.js'
import { expectTame, runAgainst, type Ended } from '../helpers/hostile-run.js'
import { poisons } from '../render/poison.js'

let host: HostileHost
beforeAll(async () => (host = await startHostileHost()))
afterAll(async () => host.stop())

const flags = (more: object = {}): Readonly<Record<string, unknown>> => ({
  ...(parse(readFileSync(join(examples, 'notes.yml'), 'utf8')) as Readonly<Record<string, unknown>>),
  host: 'there',
  ssh: { 'config-file': host.sshConfigFile },
  code: { folder: join(examples, 'notes') },
  ...more,
})

const against = async (hostility: Hostility, command: readonly string[], more: object = {}): Promise<Ended> => {
  host.become(hostility)
  const [verb = 'plan', ...options] = command
  const result = await runAgainst([verb, '-f', await writeFlags(flags(more)), ...options])
  expectTame(result)
  return result
}

const plan = (hostility: Hostility): Promise<Ended> => against(hostility, ['plan', '--verbose'])
const apply = (hostility: Hostility): Promise<Ended> => against(hostility, ['apply', '--yes', '--json', '--verbose'])

const refused = (result: Ended, code: string | RegExp): void => {
  expect(result.stderr).toMatch(code instanceof RegExp ? code : new RegExp(`^error ${code}: `, 'm'))
}

it('a host that is not hostile is planned for, and is known to be one by its answers', async () => {
  const { exitCode, stdout, stderr } = await plan({})
  expect(exitCode, stderr).toBe(0)
  expect(stdout).toMatch(/^Plan: 0 to create, 1 to update/m)
})

type Say = (asked: Asked, voice: Voice) => void

/** Says this in the place of the answer to the questions. */
const insteadOf =
  (say: (asked: Asked, voice: Voice) => void): Say =>
  (asked, voice) =>
    asked.kind === 'questions' ? say(asked, voice) : voice.usual()

const frame = ({ nonce }: Asked, voice: Voice): void => {
  voice.err(begun(nonce) + ended(nonce))
}

const megabyte = 'x'.repeat(1024 * 1024)
const lines = 'a line of a host that never ends\n'.repeat(2_000)

const floods: readonly (readonly [string, (asked: Asked, voice: Voice) => void])[] = [
  ['before its answer', (_, voice) => voice.endlessly(lines)],
  ['before its answer, on stderr', (_, voice) => voice.endlessly(lines, 'stderr')],
  ['within its answer, in one line', (asked, voice) => (voice.out(begun(asked.nonce)), voice.endlessly(megabyte))],
  ['within its answer, on stderr', (asked, voice) => (voice.err(begun(asked.nonce)), voice.endlessly(lines, 'stderr'))],
  [
    'in bytes that are no text',
    (asked, voice) => (voice.out(begun(asked.nonce)), voice.endlessly(Buffer.alloc(32_768, 0xff))),
  ],
  ['in begin marks', (asked, voice) => voice.endlessly(begun(asked.nonce).repeat(500))],
  [
    'in C1 control characters',
    (asked, voice) => (voice.out(begun(asked.nonce)), voice.endlessly('\u009d'.repeat(16_384))),
  ],
]

describe('a host that never stops talking is hung up on', () => {
  it.each(floods)('%s', async (_, say) => {
    refused(await plan({ answer: insteadOf(say) }), 'SURVEY_CUT_SHORT')
  })

  it.each(floods.slice(2))('%s, while a command runs', async (_, say) => {
    const result = await apply({
      answer: (asked, voice) => (asked.kind === 'command' ? say(asked, voice) : voice.usual()),
    })
    refused(result, /^error (OUTPUT_TOO_LONG|UNDO_INCOMPLETE): /m)
  })

  it('in the number that ends its answer', async () => {
    await plan({
      answer: insteadOf((asked, voice) => {
        frame(asked, voice)
        voice.out(answered(asked).slice(0, -2))
        voice.endlessly('7'.repeat(32_768))
      }),
    })
  })
})

/** As usual, but for what is made of each answer. */
const altered = (change: (answer: string, question: string, index: number) => string): Say => {
  let index = 0
  return insteadOf((asked, voice) => {
    frame(asked, voice)
    voice.out(answered(asked, (answer, question) => change(answer, question, index++)))
    voice.end(0)
  })
}

const shuffled: readonly (readonly [string, (asked: Asked, text: string) => string])[] = [
  [
    'with a frame of another nonce before it',
    ({ nonce }, text) => `${begun('f'.repeat(24))}fake\n${ended('f'.repeat(24))}${text}${nonce}`,
  ],
  ['with marks of another nonce in it', (_, text) => text.replaceAll('\n', `\n${'f'.repeat(24)}-0 0\n`)],
  [
    'with its own marks within its answers',
    ({ nonce }, text) => text.replace('(\n', `(\n${nonce}-0 0\n${nonce}-1 0\n`),
  ],
  ['that ends before it begins', ({ nonce }, text) => ended(nonce) + text],
  ['that begins twice', ({ nonce }, text) => begun(nonce) + text],
  ['that ends at once', ({ nonce }) => begun(nonce) + ended(nonce)],
  ['with an end that is no number', ({ nonce }, text) => text.replace(ended(nonce), ended(nonce, 'zero'))],
  [
    'with answers in another order',
    ({ nonce }, text) =>
      text
        .replaceAll(`${nonce}-1 `, `${nonce}-x `)
        .replaceAll(`${nonce}-2 `, `${nonce}-1 `)
        .replaceAll(`${nonce}-x `, `${nonce}-2 `),
  ],
  ['of which half is missing', ({ nonce }, text) => `${text.slice(0, text.length / 2)}${ended(nonce)}`],
  [
    'with codes that are no numbers',
    ({ nonce }, text) => text.replace(new RegExp(`(${nonce}-\\d+) 0\n`, 'g'), '$1 1e9\n'),
  ],
]

describe('marks are believed only where they are ours', () => {
  it.each(shuffled)('an answer %s', async (_, change) => {
    await plan({
      answer: insteadOf((asked, voice) => {
        frame(asked, voice)
        voice.out(change(asked, answered(asked)))
        voice.end(0)
      }),
    })
  })

  it('an answer that comes byte by byte, its characters torn, is as good as any', async () => {
    const result = await plan({
      answer: insteadOf((asked, voice) => {
        frame(asked, voice)
        const bytes = Buffer.from(`é😀 motd\n${answered(asked)}`)
        for (let at = 0; at < bytes.length; at += 3) voice.out(bytes.subarray(at, at + 3))
        voice.end(0)
      }),
    })
    expect(result.exitCode, result.stderr).toBe(0)
  })
})

const asJson = (text: string): string => JSON.stringify(text).slice(1, -1)

describe('what steers a terminal reaches neither it nor a log', () => {
  it('in every text of every answer', async () => {
    let count = 0
    const poison = (text: string): string => `${text}${poisons[count++ % poisons.length] ?? ''}`
    for (let round = 0; round < 4; round++) {
      const change = (answer: string): string =>
        answer.replace(/"((?:[^"\\]|\\.)*)"(?!:)/g, (whole, text: string) =>
          count++ % (3 + round) === 0 ? `"${text}${asJson(poison(''))}"` : whole,
        )
      await plan({ answer: altered((answer) => (answer.startsWith('[') ? change(answer) : poison(answer))) })
    }
  })

  it('in what commands print, and in what goes before the answers', async () => {
    const said = poisons.map((poison) => `${poison} and more\n`).join('')
    const result = await apply({
      answer: (asked, voice) => {
        voice.out(said)
        voice.err(said)
        if (asked.kind !== 'command') return voice.usual()
        voice.out(`${begun(asked.nonce)}${said}${ended(asked.nonce, 7)}`)
        voice.err(`${begun(asked.nonce)}${said}${ended(asked.nonce)}`)
      },
    })
    expect(result.exitCode).not.toBe(0)
  })

  it('in the words that sudo and shells end with', async () => {
    const result = await plan({
      exec: (_, voice) => {
        voice.err(poisons.join('\n'))
        voice.end(1)
        return true
      },
    })
    expect(result.exitCode).toBe(4)
  })
})

describe('a host that hangs up is told of as that', () => {
  for (const stage of ['connected', 'handshake', 'authentication', 'ready', 'session'] as const) {
    it(`when it is: ${stage}`, async () => {
      const result = await plan({ stage: (now, client) => now === stage && client.end() })
      expect(result.exitCode, result.stderr).toBe(4)
    })
  }

  const endings: readonly (readonly [string, (asked: Asked, voice: Voice) => void])[] = [
    ['before its answer', (_, voice) => voice.hangUp()],
    ['within its answer', (asked, voice) => (voice.out(answered(asked).slice(0, 2_000)), voice.hangUp())],
    ['with the end of the shell', (_, voice) => voice.end(0)],
    ['with the end of the shell, within its answer', (asked, voice) => (voice.out(begun(asked.nonce)), voice.end(3))],
  ]
  it.each(endings)('%s', async (_, end) => {
    const result = await plan({ answer: insteadOf(end) })
    expect([1, 4], result.stderr).toContain(result.exitCode)
  })

  it.each(['lock', 'command'] as const)('when it is asked for a %s', async (kind) => {
    const result = await apply({ answer: (asked, voice) => (asked.kind === kind ? voice.hangUp() : voice.usual()) })
    expect([1, 4], result.stderr).toContain(result.exitCode)
  })
})

const locks: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', 'locked!\n', /^error ANSWER_UNREADABLE: /m],
  ['a line without end', megabyte, /^error ANSWER_UNREADABLE: /m],
  [
    'jobs that lie elsewhere',
    '{"locked":true,"last":"","journal":false,"jobs":["../../etc"]}\n',
    /^error ANSWER_UNREADABLE: /m,
  ],
  [
    'a holder that is long',
    `{"held":{"who":"${megabyte}","from":"","since":"","command":"","site":""}}\n`,
    /^error ANSWER_UNREADABLE: /m,
  ],
  [
    'a holder with colours',
    `{"held":{"who":"${asJson(poisons.join(''))}","from":"","since":"","command":"","site":""}}\n`,
    /^error RUN_LOCKED: /m,
  ],
  ['a journal', '{"locked":true,"last":"","journal":true,"jobs":[]}\n', /^error \w+: /m],
]

it.each(locks)('a keeper of the lock that says %s', async (_, said, code) => {
  const result = await apply({
    answer: (asked, voice) => {
      if (asked.kind !== 'lock') return voice.usual()
      voice.err(begun(asked.nonce))
      voice.out(begun(asked.nonce) + said)
    },
  })
  refused(result, code)
})

const journals = [
  'no JSON\n',
  '{"begun":{"phase":"a","step":"a.b","subject":"x\\u0000","undo":[{"argv":["a","b\\u0000c"],"as":"root"}],"inert":false}}\n',
  `{"begun":{"phase":"a","step":"a.b","subject":"${asJson(poisons.join(''))}","undo":[{"argv":["true"],"as":"root"}],"inert":false}}\n`,
  `{"run":${'['.repeat(100_000)}}\n`,
]

it.each(journals)('a journal of the host that holds %j', async (journal) => {
  const result = await apply({
    answer: (asked, voice) => {
      const { kind, nonce, script } = asked
      if (kind === 'lock') {
        voice.err(begun(nonce))
        voice.out(`${begun(nonce)}{"locked":true,"last":"","journal":true,"jobs":["a-1"]}\n`)
      } else if (kind === 'command' && script.includes('cat /var/lib/deploy-flask/undo/journal')) {
        voice.err(begun(nonce) + ended(nonce))
        voice.out(begun(nonce) + journal + ended(nonce))
      } else voice.usual()
    },
  })
  expect(result.exitCode).not.toBe(0)
})
