import { expect, test } from 'vitest'
import type { Event } from '../../src/core/event.js'
import type { Row } from '../../src/render/rows.js'
import { Scene } from '../../src/render/scene.js'

const phase = (title: string, ...steps: readonly string[]): Event => ({
  type: 'phase.start',
  phase: title,
  steps: steps.map((name) => ({ step: `a.${name}`, title: name }) as const),
  gate: true,
})

const begin = (title: string, name: string): Event => ({
  type: 'step.start',
  phase: title,
  step: `a.${name}`,
  title: name,
})

const shown = ({ title, state, rows }: Row): unknown => [`${state} ${title}`, ...rows.map(shown)]

const play = (...events: readonly Event[]) => {
  const kept: unknown[] = []
  const scene = new Scene({ say: (text) => kept.push(text), keep: (rows) => kept.push(...rows.map(shown)) })
  for (const event of events) scene.take(event)
  return { scene, kept }
}

test('the handler that runs takes the place of the gate', () => {
  const { scene } = play(phase('One', 'x'), begin('One', 'x'), {
    type: 'step.start',
    phase: 'One',
    step: 'apache.reload',
    title: 'Reload',
  })
  expect(scene.rows.map(shown)).toEqual([['running One', ['running x'], ['running Reload']]])
})

test('phases that run together stand together, and leave together', () => {
  const done = (title: string): Event => ({ type: 'phase.done', phase: title, milliseconds: 1 })
  const { scene, kept } = play(phase('One', 'x'), phase('Two', 'y'), done('One'))
  expect(kept).toEqual([])
  expect(scene.rows).toHaveLength(2)
  scene.take(done('Two'))
  expect(scene.rows).toEqual([])
  expect(kept).toEqual([
    ['done One', ['same x'], ['same Gate']],
    ['done Two', ['same y'], ['same Gate']],
  ])
})

test('when a run is left, what was going on has failed, and what was not begun has not', () => {
  const { scene, kept } = play(phase('One', 'x', 'y'), phase('Two', 'z'), begin('One', 'x'))
  scene.fail()
  expect(kept).toEqual([
    ['failed One', ['failed x'], ['waiting y'], ['waiting Gate']],
    ['waiting Two', ['waiting z'], ['waiting Gate']],
  ])
})

test('a step that nobody has announced is not shown, and breaks nothing', () => {
  const { scene } = play(begin('Nowhere', 'x'), { type: 'step.output', step: 'a.x', text: 'hello' })
  expect(scene.rows).toEqual([])
})
