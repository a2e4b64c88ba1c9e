import { describe, expect, it } from 'vitest'
import { auditLine, readAudit, type Ending } from '../../src/engine/audit.js'

const ann = { who: 'ann@laptop', from: '', since: '2026-01-01T00:00:00Z', command: 'apply', site: 'notes' }
const ended = (subjects: readonly string[]): Ending => ({
  ended: '2026-01-01T00:01:00Z',
  version: '1.0.0',
  outcome: 'done',
  changes: subjects.length,
  subjects: [...subjects],
})

describe('what is kept of a run', () => {
  it('can be read again', () => {
    expect(readAudit(`${auditLine(ann, ended(['create file /x']))}\n`)).toEqual([
      { ...ann, ...ended(['create file /x']) },
    ])
  })

  it('is one line that fits into one piece of a pipe, however much was changed', () => {
    const line = auditLine(
      { ...ann, command: `apply -f ${'\n"'.repeat(90)}` },
      ended(Array.from({ length: 500 }, () => 'é'.repeat(900))),
    )
    expect(line).not.toContain('\n')
    expect(Buffer.byteLength(line)).toBeLessThan(8192)
    expect(readAudit(line)[0]?.changes).toBe(500)
  })

  it('leaves out what nobody can read', () => {
    const line = auditLine(ann, ended([]))
    expect(readAudit(`{\n${line}\n{"who":1}\n\n${line.slice(0, 50)}`)).toHaveLength(1)
  })
})
