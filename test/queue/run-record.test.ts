import { describe, expect, it } from 'vitest'
import { readGateJob, readHostJob, readOutcome, readProgress, readRecord } from '../../src/queue/run-record.js'
import { recordOf } from '../integration/queue/crew.js'

const record = recordOf(['web01', 'web02'])

const read = (changes: Readonly<Record<string, unknown>>) => readRecord(JSON.stringify({ ...record, ...changes }), 'it')

describe('what is read from Redis', () => {
  it('is a run as it was written', () => {
    expect(readRecord(JSON.stringify(record), 'it')).toEqual(record)
  })

  it.each([
    ['a path out of the folder', { file: '../other/deploy-flask.yml' }],
    ['a path out of the folder in the middle', { file: 'a/../../deploy-flask.yml' }],
    ['an absolute path', { file: '/etc/deploy-flask.yml' }],
    ['an inventory out of the folder', { inventory: '../hosts' }],
    ['a NUL in a path', { file: 'a\0b' }],
    ['a field that nobody knows', { overrides: [{ path: ['host'], value: 'evil.example.com' }] }],
    ['settings of a host', { waves: [{ ...record.waves[0], hosts: [{ name: 'web01', host: 'evil.example.com' }] }] }],
    ['no waves', { waves: [] }],
    ['too many hosts at once', { waves: [{ ...record.waves[0], atOnce: 1e9 }] }],
    ['another id than a run has', { id: 'run:1' }],
    ['a time that is none', { time: 'yesterday' }],
    ['a wait of a year', { canaryWait: 31_536_000 }],
  ])('is refused with %s', (_, changes) => {
    expect(() => read(changes)).toThrow(expect.objectContaining({ code: 'QUEUE_DATA_INVALID', exitCode: 2 }))
  })

  it('is refused from a newer version, and that is said', () => {
    expect(() => read({ version: 2 })).toThrow('a newer deploy-flask has written this')
  })

  it('is refused when it is longer than anything that is written', () => {
    expect(() => readHostJob(`"${'x'.repeat(3_000)}"`, 'it')).toThrow('this is not what deploy-flask writes')
    expect(() => readOutcome('x'.repeat(2_000_000), 'it')).toThrow('this is not what deploy-flask writes')
  })

  it('names a host in a job, and says nothing else of it', () => {
    const job = { version: 1, run: record.id, wave: 0, host: 'web01' }
    expect(readHostJob(JSON.stringify(job), 'it')).toEqual(job)
    for (const more of [{ overrides: [] }, { host: '' }, { wave: -1 }, { run: '../x' }]) {
      expect(() => readHostJob(JSON.stringify({ ...job, ...more }), 'it')).toThrow()
      expect(() => readGateJob(JSON.stringify({ ...job, ...more }), 'it')).toThrow()
    }
  })

  it('is dropped where it only tells how far a host is', () => {
    const step = { type: 'step.start', step: 'apt.packages', title: 'Packages', phase: 'Host' }
    expect(readProgress(step)).toEqual(step)
    expect(readProgress({ ...step, title: 'x'.repeat(1_000) })).toBeUndefined()
    expect(readProgress({ ...step, type: 'step.output' })).toBeUndefined()
  })
})
