import { describe, expect, it } from 'vitest'
import type { Change } from '../../../src/core/step.js'
import { releaseName, shortHash } from '../../fixtures/site.js'
import { edited } from '../edits.js'
import { phasesFor, stateOf, stepCases, stepFor, type Given, type Shown } from '../harness.js'

const flags = { build: 'flask digest compile' }
const path = `/srv/notes/releases/${releaseName}`

const planned = async (given: Given = {}): Promise<readonly Change[]> => {
  const all = { ...given, on: 'pristine' as const, flags: { ...flags, ...given.flags } }
  const step = await stepFor('site.build', all)
  const plan = step.plan(stateOf(step.probes, all))
  if ('unknownUntil' in plan) throw new Error('must be known')
  return plan
}

/** What the release is known by. */
const markOf = async (given: Given = {}): Promise<string> => {
  const stdin = (await planned(given)).at(-1)?.run.at(-1)?.stdin
  if (typeof stdin !== 'string') throw new Error('no mark is written')
  return stdin
}

const hash = '2'.repeat(64)
const builtBy = (mark: string, tree = hash) => ({
  release: (recorded: unknown) => {
    const { tree: is } = recorded as { readonly tree: object }
    return edited({ names: [], built: { mark, hash }, tree: { ...is, hash: tree } })(recorded)
  },
})

const built: Shown = {
  kind: 'run',
  subject: 'build flask digest compile',
  reason: `as flask-notes, once for ${shortHash}, before it goes online`,
  run: [
    `give ${path} to flask-notes`,
    'flask digest compile (as flask-notes)',
    `give ${path} to root`,
    `note what ${path} holds now`,
  ],
  undo: [`give ${path} to root`],
}

stepCases('site.build', {
  pristine: { flags, changes: [built] },
  converged: { flags, answers: builtBy(await markOf()) },
  'builds what is served and was never built': { flags, answers: { release: edited({ names: [] }) }, changes: [built] },
  'builds anew when what the build has made was changed on the host': {
    flags,
    answers: builtBy(await markOf(), '3'.repeat(64)),
    changes: [built],
  },
  'builds anew when settings have changed: a page may hold them': {
    flags: { ...flags, settings: { CDN: 'https://cdn.test/' } },
    answers: builtBy(await markOf()),
    changes: [built],
  },
  'builds anew when the command is another one': {
    flags: { build: ['flask', 'digest', 'clean'] },
    answers: builtBy(await markOf()),
    changes: [
      {
        ...built,
        subject: 'build flask digest clean',
        run: built.run.map((text) => text.replace('compile', 'clean')),
      },
    ],
  },
  'builds once in a run': { flags, answers: { release: edited({ names: [`.${releaseName}.built`] }) } },
})

describe('a build', () => {
  it('runs in the new release, by the account of the site', async () => {
    const command = (await planned()).at(-1)?.run[1]
    expect(command?.argv.slice(0, 5)).toEqual(['runuser', '-u', 'flask-notes', '-g', 'flask-notes'])
    expect(command?.argv.slice(-5)).toEqual([path, 'notes:create_app()', 'flask', 'digest', 'compile'])
  })

  it('comes when the requirements are there, and before the application is imported or its data are migrated', async () => {
    const phases = await phasesFor({ flags: { ...flags, migrate: 'flask db upgrade' } })
    const ids = phases.flatMap(({ steps, handlers = [] }) => [...steps, ...handlers].map(({ id }) => id))
    const order = ['site.release', 'python.requirements', 'site.build', 'site.import', 'site.migrate', 'site.current']
    expect(ids.filter((id) => order.includes(id))).toEqual(order)
  })

  it('is known by the values of secrets, too, which nobody can guess from an argument', async () => {
    const one = await markOf({ flags: { settings: { TOKEN: { env: 'SHOP_KEY' } } } })
    const other = await markOf({ flags: { settings: { TOKEN: { env: 'NOTES_SECRET_KEY' } } } })
    expect(one).not.toBe(other)
    expect(one).toMatch(/^[0-9a-f]{64}$/)
    for (const { argv } of (await planned()).flatMap(({ run }) => run))
      expect(argv.join(' ')).not.toContain(await markOf())
  })

  it('is known by the requirements, whose programs it may run', async () => {
    expect(await markOf({ flags: { requirements: ['Flask==2.0.3'] } })).not.toBe(await markOf())
  })

  it('that fails says so with its last lines', async () => {
    const [change] = await planned()
    const error = change?.explain?.({ stdout: 'compiling', stderr: 'OSError: no manifest', exitCode: 1 })
    expect(error?.code).toBe('BUILD_FAILED')
    expect(error?.fault.what).toBe('flask digest compile ended with exit code 1: OSError: no manifest')
    expect(error?.fault.evidence).toBe('compiling\nOSError: no manifest')
  })
})
