import { expect, test } from 'vitest'
import type { Event } from '../../src/core/event.js'
import { guarded } from '../../src/render/guarded.js'

test('who throws is complained about once, told nothing more, and ends nothing', () => {
  const told: Event[] = []
  const complaints: string[] = []
  const subscriber = guarded(
    {
      event: (event: Event) => {
        told.push(event)
        throw new TypeError('no such row')
      },
      failed: () => expect.unreachable('is told nothing more'),
    },
    (text) => complaints.push(text),
  )
  subscriber.event({ type: 'survey.start' })
  subscriber.event({ type: 'survey.start' })
  subscriber.failed?.([], undefined)
  expect(told).toHaveLength(1)
  expect(complaints).toEqual(['warning: nothing more is shown here: no such row\n'])
})
