import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { handlersIn, planOf, stepsIn } from '../helpers/plan.js'
import { ask } from '../helpers/http.js'
import { differences, snapshot, withoutTimes, type Snapshot } from '../helpers/snapshot.js'
import { apacheDrifts, pythonDrifts, siteDrifts, type Drift } from './drifts.js'

let guest: Guest | undefined
let flags: string
/** The trees as the last case left them: the next one begins with that. */
let sound: Snapshot | undefined

const deployed = async (): Promise<Guest> => (guest ??= await createGuest({ container: inject('deployed') }, 'a-drift'))

beforeAll(async () => {
  // Each repair of the code leaves the release that was damaged; none of them goes in the course of these cases.
  flags = await writeFlags({ ...notesFlags(await deployed()), 'keep-releases': 50 })
})
afterAll(() => guest?.destroy())
// What a failed case leaves behind must not be the beginning of the next one.
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return
  await guest?.destroy()
  guest = undefined
  sound = undefined
})

const changed = (before: Snapshot, after: Snapshot): string[] =>
  differences(before, after).map((line) => line.slice(0, line.indexOf(': ')))

const none = /^$/
/** What Python and pip write about the files beside them, and what is otherwise of each version of pip. */
const notes = /\/__pycache__\/|\.dist-info\/(RECORD|REQUESTED)$|\/bin\/[^/]+$|\/\.deploy-flask-checked$/
const script = '/srv/notes/wsgi/notes.wsgi'

/** A file that is replaced leaves its time on the folder that holds it, and so does what is kept for an undo. */
const touched = (paths: readonly string[]): ReadonlySet<string> =>
  new Set([
    '/var/lib/deploy-flask',
    '/var/lib/deploy-flask/notes',
    ...paths.flatMap((path) => [path, path.slice(0, path.lastIndexOf('/'))]),
  ])

const repaired = async ({
  break: breaks,
  steps,
  unknown = [],
  handlers,
  stays = none,
  rewrites = none,
}: Drift): Promise<void> => {
  const host = await deployed()
  const before = (sound ??= await snapshot(host))
  const broke = await host.run(`set -e\n${breaks}`)
  expect(broke.exitCode, broke.stderr).toBe(0)
  const drifted = await snapshot(host)

  // exactly that: nothing was left to do by the case before
  const plan = await planOf(flags)
  expect(stepsIn(plan, 'change')).toEqual(steps)
  expect(stepsIn(plan, 'unknown')).toEqual(unknown)
  expect(handlersIn(plan)).toEqual(handlers)

  const applied = await deployFlask(['apply', '-f', flags, '--yes'])
  expect(applied.exitCode, applied.stderr).toBe(0)

  const after = await snapshot(host)
  sound = after
  const staying = changed(before, after).filter((path) => stays.test(path))
  const expected = touched([...changed(before, drifted), ...staying, ...(handlers.length > 0 ? [script] : [])])
  const unexpected = changed(before, after).filter((path) => !expected.has(path) && !rewrites.test(path))
  expect(unexpected.filter((path) => !stays.test(path))).toEqual([])
  const content = changed(withoutTimes(before), withoutTimes(after)).filter((path) => !stays.test(path))
  expect(content.filter((path) => !(rewrites.test(path) && notes.test(path)))).toEqual([])
  expect(await ask(host, '/health')).toMatchObject({ status: 200 })
}

describe('Apache drifted', () => {
  it.each(apacheDrifts)('$title: the plan shows exactly that, and it is repaired', repaired)
})

describe('the site drifted', () => {
  it.each(siteDrifts)('$title: the plan shows exactly that, and it is repaired', repaired)
})

describe('Python drifted', () => {
  it.each(pythonDrifts)('$title: the plan shows exactly that, and it is repaired', repaired)
})

it('after all of that nothing is left to do', async () => {
  await deployed()
  const again = await deployFlask(['apply', '-f', flags, '--yes'])
  expect(again.exitCode, again.stderr).toBe(0)
  expect(again.stdout).toMatch(nothingToDo)
})
