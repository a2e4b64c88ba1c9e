import { statSync } from 'node:fs'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventsJsonSchema, type EventDocument } from '../../src/render/events-schema.js'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo, type CliResult } from '../helpers/cli.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { holdAptLock } from '../helpers/hold-lock.js'

const validate = new Ajv({ allowUnionTypes: true, validateFormats: false }).compile(eventsJsonSchema())

describe('the progress of a first deployment beside a PHP site', () => {
  let guest: Guest
  let file: string
  let log: string
  let first: CliResult
  let documents: readonly EventDocument[]

  const told = <Type extends EventDocument['type']>(type: Type) =>
    documents.filter((document): document is Extract<EventDocument, { type: Type }> => document.type === type)

  beforeAll(async () => {
    guest = await createGuest('php', 'progress')
    file = await writeFlags(notesFlags(guest))
    log = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'log')
    const holding = holdAptLock(guest)
    first = await deployFlask(['apply', '-f', file, '--yes', '--json', '--log', log])
    await holding
    documents = first.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as EventDocument)
  })
  afterAll(() => guest.destroy())

  it('is JSON lines that the schema describes, and nothing else', () => {
    expect(first.exitCode, first.stderr).toBe(0)
    expect(first.stderr).toBe('')
    for (const document of documents) expect(validate(document), JSON.stringify([document, validate.errors])).toBe(true)
    expect(documents.at(-1)).toMatchObject({ type: 'result', url: 'http://notes.test/' })
  })

  it('tells who keeps apt waiting, and for how long', () => {
    const waiting = told('step.waiting')
    expect(waiting.length).toBeGreaterThan(0)
    expect(waiting[0]).toMatchObject({
      step: 'apt.packages',
      for: 'the lock /var/lib/dpkg/lock-frontend',
      holder: expect.stringMatching(/^python3 \(process \d+\)$/) as string,
    })
  })

  it('tells how far apt is, from the first file to the last package', () => {
    const progress = told('step.progress').filter(({ step }) => step === 'apt.packages')
    const words = progress.map(({ what }) => what)
    expect(words).toContainEqual(expect.stringMatching(/^Retrieving file \d+ of \d+/))
    expect(words).toContainEqual(expect.stringMatching(/^Unpacking apache2-dev/))
    expect(words).toContainEqual(expect.stringMatching(/^Configuring apache2-dev/))
    expect(Math.max(...progress.map(({ percent = 0 }) => percent))).toBe(100)
    // what apt says to us alone is not its output
    expect(told('step.output').filter(({ text }) => /^(pm|dl)status:|^waiting:/.test(text))).toEqual([])
  })

  it('tells what pip is at, and how many requirements are known', () => {
    const progress = told('step.progress').filter(({ step }) => step === 'python.requirements')
    expect(progress.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^Collecting Flask/i))
    expect(progress.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^Installing /))
    expect(progress.at(-1)?.count).toBeGreaterThanOrEqual(6)
  })

  it('tells how much of the code was sent, which is all in the end', () => {
    const sent = told('step.progress').filter(({ step }) => step === 'site.release')
    expect(sent.at(-1)).toMatchObject({ percent: 100 })
    expect(sent.at(-1)?.bytes).toBe(sent.at(-1)?.total)
  })

  it('stands in the log too, which is for its owner only', async () => {
    expect(statSync(log).mode & 0o777).toBe(0o600)
    const lines = (await readFile(log, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as EventDocument).type)).toEqual(documents.map(({ type }) => type))
  })

  it('is not shown to whoever wants only results', async () => {
    const again = await deployFlask(['apply', '-f', file, '--yes', '--quiet'])
    expect(again).toMatchObject({ exitCode: 0, stderr: '' })
    expect(again.stdout).toMatch(nothingToDo)
  })

  it('shows commands and their output, a line each, to whoever wants to see all', async () => {
    await guest.run('echo >>/etc/apache2/sites-available/notes.conf')
    const { exitCode, stderr } = await deployFlask(['apply', '-f', file, '--yes', '--verbose'])
    expect(exitCode).toBe(0)
    const lines = stderr.split('\n')
    expect(lines).toContainEqual(expect.stringMatching(/^[\d:]{8} apache\.reload# systemctl reload apache2$/))
    expect(lines).toContainEqual(expect.stringMatching(/^[\d:]{8} apache\.reload\| Syntax OK$/))
  })
})
