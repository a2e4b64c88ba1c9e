import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Event } from '../../src/core/event.js'
import { recordedRun, type RunName } from '../fixtures/recorded-run.js'
import { hasTmux, Pane } from '../helpers/tmux.js'

const root = new URL('../..', import.meta.url).pathname
const player = "import('vite').then(({ runnerImport }) => runnerImport('./test/fixtures/play-run.ts'))"

/** What turns is always shown in its first position. */
const still = (text: string): string => text.replace(/^( *)[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] /gm, '$1⠋ ').replace(/^( *)[-\\|/] /gm, '$1- ')

const after = (name: RunName, isIt: (event: Event) => boolean): number => {
  const index = recordedRun(name).events.findIndex(isIt)
  expect(index).toBeGreaterThan(0)
  return index
}

/** Moments of the first deployment, and of the one that is taken back. */
const waiting = after('first', (event) => event.type === 'step.waiting')
const unpacking = after('first', (event) => event.type === 'step.progress' && event.what.startsWith('Unpacking gcc-7 '))
const building = after('first', (event) => event.type === 'step.progress' && event.what.startsWith('Running setup.py'))
const undoing = after('failure', (event) => event.type === 'step.undo' && event.step.startsWith('apache.'))

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

const play = (name: RunName, stops: readonly number[], columns: number, env: Readonly<Record<string, string>> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-flask-play-'))
  const pane = new Pane(['sh', '-c', 'cd "$0" && exec "$@"', root, process.execPath, '-e', player], {
    columns,
    env: { LANG: 'C.UTF-8', PLAY_RUN: name, PLAY_STOPS: stops.join(','), PLAY_FOLDER: folder, ...env },
  })
  open.push(() => {
    pane.close()
    rmSync(folder, { recursive: true })
  })
  const file = async (written: string): Promise<void> => {
    while (!existsSync(join(folder, written))) await sleep(20)
  }
  return {
    pane,
    /** What stands there at this moment. */
    at: async (stop: number): Promise<string> => {
      await file(`at-${stop}`)
      return pane.settled(still)
    },
    on: (stop: number): void => writeFileSync(join(folder, `go-${stop}`), ''),
    end: async (): Promise<string> => {
      await file('end')
      await pane.settled(still)
      return pane.text({ history: true })
    },
  }
}

const golden = async (text: string, name: string): Promise<void> =>
  expect(text).toMatchFileSnapshot(`../fixtures/screens/${name}.txt`)

const looks = [
  { what: '80 columns', columns: 80, env: {}, name: '80' },
  { what: '40 columns', columns: 40, env: {}, name: '40' },
  { what: '40 columns, ASCII and no colours', columns: 40, env: { LANG: 'C', NO_COLOR: '1' }, name: '40-ascii' },
] as const

describe.skipIf(!hasTmux)('in a terminal (skipped where there is no tmux)', { timeout: 60_000 }, () => {
  it.each(looks)('of $what a first deployment looks like this', async ({ columns, env, name }) => {
    const { at, on, end, pane } = play('first', [waiting, unpacking, building], columns, env)
    await golden(await at(waiting), `${name}-waiting`)
    on(waiting)
    await golden(await at(unpacking), `${name}-unpacking`)
    on(unpacking)
    await golden(await at(building), `${name}-building`)
    const styled = pane.text({ styles: true })
    if ('NO_COLOR' in env) expect(styled).not.toContain('\u001b')
    else expect(styled).toContain('\u001b[36m❯')
    on(building)
    await golden(await end(), `${name}-end`)
  })

  it('a failure that is taken back looks like this', async () => {
    const { at, on, end } = play('failure', [undoing], 80)
    await golden(await at(undoing), '80-undoing')
    on(undoing)
    await golden(await end(), '80-failed')
  })

  it('that is made narrower and wide again nothing is left behind, and nothing is missing', async () => {
    const { at, on, end, pane } = play('first', [unpacking, building], 80)
    await at(unpacking)
    on(unpacking)
    await at(building)
    pane.resize(40)
    await expect.poll(() => pane.text(), { timeout: 10_000 }).toContain('Running setup.py bdist_wheel for…')
    await golden(await pane.settled(still), '40-made-narrower')
    pane.resize(80)
    await expect.poll(() => pane.text(), { timeout: 10_000 }).toContain('bdist_wheel for mod-wsgi (1 known)')
    await golden(await pane.settled(still), '80-made-wider')
    on(building)
    await golden(await end(), '80-end')
  })

  it('a word on the side comes above what moves', async () => {
    const { at, on, pane, end } = play('first', [building], 80)
    const before = await at(building)
    pane.keys('C-c')
    await expect.poll(() => pane.text(), { timeout: 10_000 }).toContain('stopping: ')
    const lines = (await pane.settled(still)).split('\n')
    const word = lines.findIndex((line) => line.includes('stopping: the running step is left to settle first'))
    const moving = lines.findIndex((line) => line.startsWith('❯ mod_wsgi'))
    expect(moving).toBe(word + 1)
    expect(lines.slice(moving)).toEqual(before.split('\n').slice(-lines.slice(moving).length))
    on(building)
    expect(await end()).toContain('The site answers')
  })

  it('that can do nothing gets lines', async () => {
    const { end } = play('repair', [], 200, { TERM: 'dumb' })
    const text = await end()
    expect(text).toContain('\n20:13:05 apache.vhost: update file /etc/apache2/sites-available/notes.conf')
    expect(text).not.toMatch(/[✔❯]/)
  })
})
