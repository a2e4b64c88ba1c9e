import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/core/event.js'
import { Pulse } from '../../src/render/pulse.js'
import { sparing } from '../../src/render/sparing.js'

const pulse = () => {
  let now = 0
  const told: Event[] = []
  const one = new Pulse(
    (event) => told.push(event),
    () => now,
  )
  return {
    one,
    told,
    /** Time passes, half a second at a time. */
    pass: (seconds: number) => {
      for (let half = 0; half < seconds * 2; half++) {
        now += 500
        one.beat()
      }
    },
    later: (seconds: number) => (now += seconds * 1000),
  }
}

const start = { type: 'step.start', phase: 'P', step: 'a.step', title: 'A step' } as const

describe('the pulse', () => {
  it('tells once a second of a step that is silent', () => {
    const { one, told, pass } = pulse()
    one.observe(start)
    pass(3)
    expect(told).toEqual([1, 2, 3].map((seconds) => ({ type: 'step.running', step: 'a.step', seconds })))
    one.stop()
  })

  it('beats by itself', async () => {
    const beat = await new Promise<Event>((resolve) => {
      const one = new Pulse(
        (event) => {
          one.stop()
          resolve(event)
        },
        () => performance.now(),
      )
      one.observe(start)
      // which keeps no process alive; the tests may wait
      setTimeout(() => undefined, 5000)
    })
    expect(beat).toEqual({ type: 'step.running', step: 'a.step', seconds: 1 })
  })

  it('tells the last that was heard, and how far the command is', () => {
    const { one, told, pass } = pulse()
    one.observe(start)
    one.observe({ type: 'step.progress', step: 'a.step', what: 'Unpacking', percent: 42 })
    one.observe({ type: 'step.output', step: 'a.step', text: 'Unpacking apache2' })
    pass(1)
    one.observe({ type: 'step.waiting', step: 'a.step', for: 'a lock', holder: '', seconds: 0 })
    pass(1)
    one.observe({ type: 'step.command', step: 'a.step', run: 'true', as: 'root' })
    pass(1)
    expect(told).toEqual([
      { type: 'step.running', step: 'a.step', seconds: 1, percent: 42, line: 'Unpacking apache2' },
      { type: 'step.running', step: 'a.step', seconds: 2, line: 'waiting for a lock, 0 s' },
      { type: 'step.running', step: 'a.step', seconds: 3 },
    ])
    one.stop()
  })

  it('tells of all that runs at the same time, of the survey and of an undo, and of nothing that has ended', () => {
    const { one, told, pass } = pulse()
    one.observe({ type: 'survey.start' })
    pass(1)
    one.observe({ type: 'survey.done', milliseconds: 1000, questions: 1 })
    one.observe(start)
    one.observe({ ...start, step: 'b.step' })
    pass(1)
    one.observe({ type: 'step.same', step: 'a.step', title: 'A step' })
    one.observe({ type: 'step.done', step: 'b.step', title: 'B', milliseconds: 1 })
    pass(5)
    one.observe({ type: 'step.undo', phase: 'P', step: 'b.step', subject: 'b' })
    pass(1)
    expect(told).toEqual([
      { type: 'check.running', what: 'Look at the host', seconds: 1 },
      { type: 'step.running', step: 'a.step', seconds: 1 },
      { type: 'step.running', step: 'b.step', seconds: 1 },
      { type: 'step.running', step: 'b.step', seconds: 1 },
    ])
    one.stop()
  })

  it('does not tell a second twice, and leaves out those that came too late', () => {
    const { one, told, later } = pulse()
    one.observe(start)
    later(2.9)
    one.beat()
    one.beat()
    later(0.2)
    one.beat()
    expect(told).toMatchObject([{ seconds: 2 }, { seconds: 3 }])
    one.stop()
  })

  it('does not count the time in which a person is asked', async () => {
    const { one, told, pass } = pulse()
    one.observe({ type: 'check.start', what: 'Log in' })
    pass(1)
    await one.suspendedFor(async () => {
      pass(30)
      return Promise.resolve()
    })
    pass(1)
    expect(told).toMatchObject([{ seconds: 1 }, { seconds: 2 }])
    one.stop()
  })
})

describe('for whoever keeps every line', () => {
  const kept = (events: readonly Event[]): readonly Event[] => {
    const told: Event[] = []
    const subscriber = sparing({ event: (event) => told.push(event) })
    events.forEach(subscriber.event)
    return told
  }
  const running = (seconds: number, step = 'a.step' as const): Event => ({ type: 'step.running', step, seconds })
  const seconds = Array.from({ length: 125 }, (_, index) => index + 1)

  it('what goes on is told every ten seconds, and every thirty after half a minute', () => {
    expect(kept(seconds.map((second) => running(second)))).toEqual(
      [10, 20, 30, 60, 90, 120].map((second) => running(second)),
    )
  })

  it('seconds that were left out delay what is told, and no more', () => {
    expect(kept([9, 13, 14, 22, 23, 24].map((second) => running(second)))).toEqual([running(13), running(23)])
  })

  it('each step is counted by itself, and anew when it begins anew', () => {
    const events = [running(10), { ...running(10), step: 'b.step' } as Event, running(11), running(1), running(10)]
    expect(kept(events)).toEqual([events[0], events[1], events[4]])
  })

  it('a wait is told when it begins, and when somebody else holds what is waited for', () => {
    const waiting = (second: number, holder: string): Event => ({
      type: 'step.waiting',
      step: 'a.step',
      for: 'a lock',
      holder,
      seconds: second,
    })
    const events = [...seconds.slice(0, 12).map((second) => waiting(second, 'one')), waiting(13, 'two')]
    expect(kept(events)).toEqual([waiting(1, 'one'), waiting(11, 'one'), waiting(13, 'two')])
  })

  it('everything else is told', () => {
    const events: readonly Event[] = [start, { type: 'step.output', step: 'a.step', text: 'x' }]
    expect(kept([...events, ...events])).toEqual([...events, ...events])
  })
})
