import { expect, it } from 'vitest'
import { stateOf, stepCases, stepFor, type Given, type Shown } from '../harness.js'
import { absent, aFile, aFolder, edited, rewritten } from '../edits.js'

const folder = '/etc/deploy-flask'
const tiers = `${folder}/shop-tiers.txt`
const source = `${folder}/shop-colours.txt`
const built = `${folder}/shop-colours.dbm`

const head = '+# Managed by deploy-flask: changes made here are replaced.'
const write = (path: string) => `write ${path} (root:root 0644)`
const build = `httxt2dbm -i ${source} -o ${built}`

const text = (kind: Shown['kind'], ...diff: readonly string[]): Shown => ({
  kind,
  subject: `file ${tiers}`,
  diff,
  run: [write(tiers)],
  undo: [`restore ${tiers}`],
})
const table = (kind: Shown['kind'], ...diff: readonly string[]): Shown => ({
  kind,
  subject: `file ${source}`,
  diff,
  run: [write(source), build],
  undo: [`restore ${source}`, `rebuild ${built}`],
})
const again: Shown = {
  kind: 'update',
  subject: `rewrite map ${built}`,
  reason: `built from ${source}`,
  run: [build],
  undo: [`rebuild ${built}`],
}

const both = [
  text('create', head, '+/gold first', '+/silver second'),
  table('create', head, '+/gold yellow', '+/silver grey'),
]

const maps = (colours: Readonly<Record<string, string>>) => ({
  'rewrite-maps': {
    tiers: { entries: { '/gold': 'first', '/silver': 'second' } },
    colours: { type: 'dbm', entries: colours },
  },
})

stepCases('apache.rewrite-maps', {
  pristine: { of: 'shop', changes: both },
  converged: { of: 'shop' },
  'come beside a PHP site': { of: 'shop', on: 'php', changes: both },
  'are written when an entry changes, and what is built from them is built anew': {
    of: 'shop',
    flags: maps({ '/gold': 'yellow', '/silver': 'white' }),
    changes: [table('update', '-/silver grey', '+/silver white')],
  },
  'are written when an entry comes': {
    of: 'shop',
    flags: maps({ '/gold': 'yellow', '/silver': 'grey', '/bronze': 'brown' }),
    changes: [table('update', '+/bronze brown')],
  },
  'are written anew when they were edited on the host': {
    of: 'shop',
    answers: {
      [tiers]: rewritten((is) => is.replace('first', 'third')),
      [source]: rewritten((is) => `${is}/tin none\n`),
    },
    changes: [text('update', '-/gold third', '+/gold first'), table('update', '-/tin none')],
  },
  'are written anew when they are gone': {
    of: 'shop',
    answers: { [source]: absent },
    changes: [table('create', head, '+/gold yellow', '+/silver grey')],
  },
  'are built when what is built is gone': { of: 'shop', answers: { [built]: absent }, changes: [again] },
  'are built when what is built is older than its text': {
    of: 'shop',
    answers: { [built]: edited({ modified: 1 }) },
    changes: [again],
  },
  'are built when Apache cannot read what is built': {
    of: 'shop',
    answers: { [built]: edited({ mode: '0600' }) },
    changes: [again],
  },
  'are built when something else lies in the place of what is built': {
    of: 'shop',
    answers: { [built]: aFolder({ mode: '0644' }) },
    changes: [again],
  },
  'repair the mode of a text': {
    of: 'shop',
    answers: { [tiers]: edited({ mode: '0600' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${tiers}`,
        reason: 'root:root 0600 becomes root:root 0644',
        run: [`chown -h root:root ${tiers}`, `chmod 0644 ${tiers}`],
        undo: [`chown -h root:root ${tiers}`, `chmod 0600 ${tiers}`],
      },
    ],
  },
})

const hosts = { tiers: { file: '/etc/tiers.txt' }, colours: { type: 'dbm', file: '/etc/colours.dbm' } }

it("maps that are the host's own are not touched: there is no such step", async () => {
  await expect(stepFor('apache.rewrite-maps', { of: 'shop', flags: { 'rewrite-maps': hosts } })).rejects.toThrow(
    'has no step apache.rewrite-maps',
  )
})

it("of a site that has both, only the site's own are written", async () => {
  const given: Given = {
    of: 'shop',
    flags: { 'rewrite-maps': { ...hosts, tiers: { entries: { '/gold': 'first' } } } },
    answers: { [tiers]: aFile() },
  }
  const step = await stepFor('apache.rewrite-maps', given)
  expect(Object.keys(step.probes)).toEqual([tiers])
  expect(step.title).toBe('Rewrite maps tiers')
  expect(step.plan(stateOf(step.probes, given))).toHaveLength(1)
})

it('Apache looks at their times by itself: nothing is reloaded for them', async () => {
  expect((await stepFor('apache.rewrite-maps', { of: 'shop' })).triggers).toBeUndefined()
})
