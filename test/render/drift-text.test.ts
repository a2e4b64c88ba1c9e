import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/core/plan.js'
import { plainText } from '../../src/render/colour.js'
import { driftDocument, driftText, type ShownDrift } from '../../src/render/drift-text.js'

const nothing: Plan = { phases: [] }

const vhost = (before: string, after: string): Plan => ({
  phases: [
    {
      title: 'Site',
      steps: [
        {
          id: 'apache.vhost',
          title: 'Virtual host',
          state: 'change',
          changes: [{ kind: 'update', subject: 'file /x', diff: { before, after }, run: [] }],
        },
      ],
      handlers: [{ id: 'apache.reload', title: 'reload Apache', reason: 'its configuration changes' }],
    },
  ],
})

const shown: ShownDrift = {
  host: 'me@web1',
  site: 'shop',
  since: '2026-11-30T10:00:00.000Z',
  rolledBack: undefined,
  refusals: [],
  drift: { changed: nothing, wanted: nothing, unclear: nothing },
}

const text = (more: Partial<ShownDrift> = {}) => driftText({ ...shown, ...more }, { colours: plainText })

describe('drift', () => {
  it('is said to be none', () => {
    expect(text()).toBe(
      'shop on me@web1 is as the flags file wants it, and as it was left at 2026-11-30T10:00:00.000Z\n',
    )
  })

  it('is shown by who has caused it, with what applying does', () => {
    const drift = { ...shown.drift, changed: vhost('c\n', 'a\n'), wanted: vhost('a\n', 'b\n') }
    expect(text({ drift })).toBe(`Changed on the host since 2026-11-30T10:00:00.000Z: apply puts it back

Site
  ~ apache.vhost  Virtual host
      ~ update file /x
          @@ -1,1 +1,1 @@
          -c
          +a
  then: reload Apache (its configuration changes)

Wanted since 2026-11-30T10:00:00.000Z, by the flags file or the code: apply brings it

Site
  ~ apache.vhost  Virtual host
      ~ update file /x
          @@ -1,1 +1,1 @@
          -a
          +b
  then: reload Apache (its configuration changes)
`)
  })

  it('is left open where nobody knows how the host was left', () => {
    expect(text({ since: undefined, drift: { ...shown.drift, unclear: vhost('c\n', 'a\n') } })).toMatch(
      /^Different, and nobody knows whether here or there: /,
    )
  })

  it('tells of a rollback since, and of what would be in the way', () => {
    const rolledBack = { release: '20261130T100000Z-abc', at: '2026-11-30T11:00:00Z' }
    expect(text({ rolledBack, refusals: ['PORT_TAKEN: nginx listens on port 80'] })).toBe(
      `Went back from 20261130T100000Z-abc at 2026-11-30T11:00:00Z: apply brings the code of this computer

shop on me@web1 is as the flags file wants it, and as it was left at 2026-11-30T10:00:00.000Z
apply would be refused: PORT_TAKEN: nginx listens on port 80
`,
    )
  })

  it('is a document for programs', () => {
    expect(driftDocument({ ...shown, drift: { ...shown.drift, changed: vhost('c\n', 'a\n') } })).toMatchObject({
      version: 1,
      site: 'shop',
      changed: [{ steps: [{ id: 'apache.vhost', changes: [{ diff: { before: 'c\n', after: 'a\n' } }] }] }],
      wanted: [],
    })
  })
})
