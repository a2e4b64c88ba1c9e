import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { z } from 'zod'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { apacheAilments, applicationAilments, pythonAilments, requestAilments, siteAilments } from './ailments.js'
import type { Ailment } from './ailments.js'
import { sampled } from '../faults/sampled.js'

let guest: Guest | undefined
let flags: string

const deployed = async (): Promise<Guest> => {
  if (guest !== undefined) return guest
  guest = await createGuest({ container: inject('deployed') }, 'a-doctor')
  flags = await writeFlags(notesFlags(guest))
  return guest
}

beforeAll(async () => {
  await deployed()
})
afterAll(() => guest?.destroy())
// What a failed case leaves behind must not be the beginning of the next one.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  await guest?.destroy()
  guest = undefined
})

const document = z.object({
  findings: z.array(
    z.object({
      rule: z.string(),
      severity: z.string(),
      evidence: z.array(z.object({ text: z.string() })).min(1),
      command: z.string().optional(),
    }),
  ),
})

/** What the doctor says of the guest, without what is harmless; its exit code says the same. */
const troubles = async () => {
  const { exitCode, stdout } = await deployFlask(['doctor', '-f', flags, '--json'])
  const found = document.parse(JSON.parse(stdout)).findings.filter(({ severity }) => severity !== 'note')
  expect(exitCode).toBe(found.length === 0 ? 0 : 3)
  return found
}

const run = async (host: Guest, script: string): Promise<void> => {
  const { exitCode, stderr } = await host.run(script)
  expect(exitCode, stderr).toBe(0)
}

const recognised = async (ailment: Ailment): Promise<void> => {
  const host = await deployed()
  expect(await troubles()).toEqual([])
  await run(host, ailment.break)
  if (ailment.visit !== undefined) await ask(host, ailment.visit).catch(() => undefined)
  const found = await troubles()
  expect(
    found.map(({ rule }) => rule),
    JSON.stringify(found, undefined, 2),
  ).toEqual(ailment.rules)
  if (ailment.repair === undefined) {
    const applied = await deployFlask(['apply', '-f', flags, '--yes'])
    expect(applied.exitCode, applied.stderr).toBe(0)
  } else await run(host, ailment.repair)
  expect(await ask(host, '/health')).toMatchObject({ status: 200 })
  expect(await troubles()).toEqual([])
}

/** Of each kind; all of them with `npm run test:full`. */
const some = (ailments: readonly Ailment[]): readonly Ailment[] => sampled(ailments, 3)

describe('a site that is well', () => {
  it('gives no finding, and what is harmless is explained to whoever asks', async () => {
    await deployed()
    const plain = await deployFlask(['doctor', '-f', flags])
    expect(plain).toMatchObject({ exitCode: 0 })
    expect(plain.stdout).toMatch(/^nothing found: http:\/\/notes\.test\/health on \S+ answers with 200\n$/)
    const verbose = await deployFlask(['doctor', '-f', flags, '--verbose'])
    expect(verbose.exitCode).toBe(0)
    expect(verbose.stdout).toContain('note apache-name:')
  })
})

describe('what is harmless', () => {
  it('is told to whoever asks, and to nobody else', async () => {
    const host = await deployed()
    const settings = '/etc/deploy-flask/notes/settings.json'
    await run(host, `sed -i 's,{,{"SESSION_COOKIE_SECURE": "1"\\,,' ${settings}`)
    expect(await troubles()).toEqual([])
    expect((await deployFlask(['doctor', '-f', flags, '--verbose'])).stdout).toContain('note cookie-secure:')
    expect((await deployFlask(['apply', '-f', flags, '--yes'])).exitCode).toBe(0)
    expect((await deployFlask(['doctor', '-f', flags, '--verbose'])).stdout).not.toContain('note cookie-secure:')
  })
})

describe('Apache', () => {
  it.each(some(apacheAilments))('$title: $rules, until it is repaired', recognised)
})

describe('a request', () => {
  it.each(some(requestAilments))('$title: $rules, until it is repaired', recognised)
})

describe('Python', () => {
  it.each(some(pythonAilments))('$title: $rules, until it is repaired', recognised)
})

describe('files of the site', () => {
  it.each(some(siteAilments))('$title: $rules, until it is repaired', recognised)
})

describe('the application', () => {
  it.each(some(applicationAilments))('$title: $rules, until it is repaired', recognised)
})
