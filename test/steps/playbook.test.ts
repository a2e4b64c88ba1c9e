import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { phasesOf } from './harness.js'

const here = fileURLToPath(new URL('.', import.meta.url))
const code = { kind: 'path', path: '/home/me/notes' } as const

/** Also steps that only some sites have: all of them are in one of these two. */
const steps = [...new Set([...phasesOf(), ...phasesOf({ code })].flatMap((phase) => phase.steps.map(({ id }) => id)))]
const handlers = phasesOf().flatMap((phase) => (phase.handlers ?? []).map(({ id }) => id))

const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'))
const registered = files.flatMap((file) =>
  [...readFileSync(join(here, file), 'utf8').matchAll(/^stepCases\('([^']+)'/gm)].map(([, id = '']) => ({ id, file })),
)

it('every step of the playbook has its cases, and all cases belong to one', () => {
  expect(registered.map(({ id }) => id).sort()).toEqual([...steps].sort())
})

it('cases lie beside the file that they are about', () => {
  for (const { id, file } of registered) {
    expect(existsSync(join(here, '../../src/steps', file.replace('.test.ts', '.ts'))), `${id} in ${file}`).toBe(true)
  }
})

it('an id belongs to one step or handler', () => {
  const ids = [...phasesOf().flatMap((phase) => phase.steps.map(({ id }) => id)), ...handlers]
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

it('what steps trigger are handlers of their own or of a later phase', () => {
  phasesOf().forEach((phase, index) => {
    const reachable = phasesOf()
      .slice(index)
      .flatMap((later) => (later.handlers ?? []).map(({ id }) => id))
    for (const step of phase.steps) {
      expect(reachable, step.id).toEqual(expect.arrayContaining([...(step.triggers ?? [])]))
    }
  })
})
