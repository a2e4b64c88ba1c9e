import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { sha256 } from '../../../src/config/content-hash.js'
import { localPackages } from '../../../src/steps/python/packages.js'
import { folderWith, temporaryFolder } from '../../config/folders.js'
import { askHere } from '../../probes/local.js'
import { absent, aFile } from '../edits.js'
import { phasesFor, stepCases, type Shown } from '../harness.js'

const hash = 'a'.repeat(64)
const place = `/srv/notes/wheels/${hash}/shop-1.0-py3-none-any.whl`
const path = 'wheels/shop-1.0-py3-none-any.whl'
const site = { requirements: { text: `shop @ file://${place}\n`, packages: [{ path, place, sha256: hash }] } }

const copied: Shown = {
  kind: 'create',
  subject: `package ${place}`,
  run: [`copy ${path} of the code to ${place}`],
  undo: [`remove /srv/notes/wheels/${hash}`],
}

stepCases('python.packages', {
  pristine: { site, answers: { [place]: absent }, changes: [copied] },
  converged: { site, answers: { [place]: aFile({ sha256: hash }) } },
  'replaces one that was changed on the host': {
    site,
    answers: { [place]: aFile({ sha256: 'b'.repeat(64) }) },
    changes: [copied],
  },
})

it('comes after the code and before pip, in a folder of its own of the site', async () => {
  const steps = (await phasesFor({ site })).flatMap((phase) => phase.steps)
  const order = ['site.folders', 'site.release', 'python.packages', 'python.venv', 'python.requirements']
  expect(steps.map(({ id }) => id).filter((id) => order.includes(id))).toEqual(order)
  const folders = steps.find(({ id }) => id === 'site.folders')
  expect(Object.keys(folders?.probes ?? {})).toContain('/srv/notes/wheels')
})

/** The step, run here: the code lies in the second of its folders. */
const scene = (content: string, wanted: string) => {
  const root = temporaryFolder()
  mkdirSync(join(root, 'wheels'))
  const found = {
    path,
    place: join(root, 'wheels', sha256(wanted), 'shop-1.0-py3-none-any.whl'),
    sha256: sha256(wanted),
  }
  const step = localPackages([found], [join(root, 'gone'), folderWith({ [path]: content })])
  const planned = () => {
    const is = Object.fromEntries(Object.entries(step.probes).map(([name, probe]) => [name, askHere(probe)]))
    const plan = step.plan(is)
    if ('unknownUntil' in plan) throw new Error('must be known')
    return plan
  }
  const run = () => {
    const [program = '', ...args] = planned()[0]?.run[0]?.argv ?? []
    return spawnSync(program, args, { encoding: 'utf8' })
  }
  return { root, place: found.place, planned, run }
}

it('copies for real, and has nothing left to do until the copy is changed', () => {
  const { place, planned, run } = scene('wheel', 'wheel')
  expect(run().status).toBe(0)
  expect(readFileSync(place, 'utf8')).toBe('wheel')
  expect(planned()).toEqual([])
  writeFileSync(place, 'another')
  expect(planned()).toHaveLength(1)
  expect(run().status).toBe(0)
  expect(readFileSync(place, 'utf8')).toBe('wheel')
})

it('takes nothing that is not what was meant', () => {
  const { root, run } = scene('another', 'wheel')
  expect(run().status).not.toBe(0)
  expect(spawnSync('find', [join(root, 'wheels'), '-type', 'f'], { encoding: 'utf8' }).stdout).toBe('')
})
