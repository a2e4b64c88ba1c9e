import { appendFile, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { notBegun } from '../../src/fleet/outcome.js'
import { readRecord, Recorder, recordFile, unfinished } from '../../src/fleet/record.js'
import { changed, failing } from './hosts.js'

const fleet = { flagsFile: '/home/me/deploy-flask.yml', inventory: undefined }
const hosts = ['web01', 'web02', 'web03', 'web04']
const at = '2026-11-30T20:13:05.000Z'

const file = async (): Promise<string> => recordFile(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), fleet)

describe('the record of the last run', () => {
  it('says which hosts failed, were not begun, or were in flight when the program was killed', async () => {
    const path = await file()
    const recorder = await Recorder.begin(path, fleet, { at, hosts })
    recorder.keep(changed('web01'))
    recorder.keep(failing('web03'))
    recorder.keep(notBegun('web04'))
    await recorder.end()
    const record = await readRecord(path)
    expect(record).toMatchObject({ at, hosts })
    expect(record === undefined ? [] : unfinished(record)).toEqual(['web02', 'web03', 'web04'])
  })

  it('counts what a canary came to last', async () => {
    const path = await file()
    const recorder = await Recorder.begin(path, fleet, { at, hosts })
    for (const host of hosts) recorder.keep(changed(host))
    recorder.keep(failing('web02'))
    await recorder.end()
    const record = await readRecord(path)
    expect(record === undefined ? [] : unfinished(record)).toEqual(['web02'])
  })

  it('can be read by nobody else, takes the place of the one before, and leaves nothing beside it', async () => {
    const path = await file()
    for (const some of [hosts, ['web09']]) await Recorder.begin(path, fleet, { at, hosts: some })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700)
    expect((await readRecord(path))?.hosts).toEqual(['web09'])
    expect(await readdir(dirname(path))).toHaveLength(1)
  })

  it('of some hosts keeps what is known of the others, and what was left of them', async () => {
    const path = await file()
    const first = await Recorder.begin(path, fleet, { at, hosts })
    for (const host of ['web01', 'web02']) first.keep(failing(host))
    first.keep(changed('web03'))
    await first.end()
    const second = await Recorder.begin(path, fleet, { at, hosts: ['web02', 'web05'] }, await readRecord(path))
    for (const host of ['web02', 'web05']) second.keep(changed(host))
    await second.end()
    const record = await readRecord(path)
    expect(record?.hosts).toEqual([...hosts, 'web05'])
    expect(record?.outcomes.find(({ host }) => host === 'web01')).toEqual(failing('web01'))
    expect(record === undefined ? [] : unfinished(record)).toEqual(['web01', 'web04'])
  })

  it('is another for another flags file or inventory', () => {
    const names = [
      fleet,
      { ...fleet, inventory: '/home/me/hosts.ini' },
      { ...fleet, flagsFile: '/home/me/other.yml' },
    ].map((one) => recordFile('/state', one))
    expect(new Set(names).size).toBe(3)
  })

  it('is read although its last line was torn', async () => {
    const path = await file()
    const recorder = await Recorder.begin(path, fleet, { at, hosts })
    recorder.keep(changed('web01'))
    await recorder.end()
    await appendFile(path, '{"host":"web02","state":"chan')
    const record = await readRecord(path)
    expect(record === undefined ? [] : unfinished(record)).toEqual(['web02', 'web03', 'web04'])
  })

  it.each(['', 'garbage', '{"version":2,"at":"2026-11-30T20:13:05.000Z","hosts":[]}\n', '{"version":1}\n'])(
    'is none where it is not understood: %j',
    async (text) => {
      const path = await file()
      await Recorder.begin(path, fleet, { at, hosts })
      await writeFile(path, text)
      expect(await readRecord(path)).toBeUndefined()
    },
  )

  it('is none where there was no run', async () => {
    expect(await readRecord(await file())).toBeUndefined()
  })

  it('holds no more than the outcomes', async () => {
    const path = await file()
    const recorder = await Recorder.begin(path, fleet, { at, hosts: ['web01'] })
    recorder.keep(changed('web01'))
    await recorder.end()
    expect(
      (await readFile(path, 'utf8'))
        .split('\n')
        .map((line) => (line === '' ? line : Object.keys(JSON.parse(line) as object))),
    ).toEqual([['version', 'flagsFile', 'at', 'hosts'], ['host', 'state', 'changes', 'milliseconds', 'errors'], ''])
  })
})
