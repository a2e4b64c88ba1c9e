import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Deadline } from '../../src/transport/deadline.js'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('a deadline expires when its time is over', () => {
  const expired = vi.fn()
  new Deadline(1000, expired)
  vi.advanceTimersByTime(999)
  expect(expired).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(expired).toHaveBeenCalledOnce()
})

test('a deadline stands still while a person is asked, and goes on afterwards', async () => {
  const expired = vi.fn()
  const deadline = new Deadline(1000, expired)
  vi.advanceTimersByTime(600)
  let answer: (value: string) => void = () => undefined
  const asked = deadline.pausedFor(new Promise<string>((resolve) => (answer = resolve)))
  vi.advanceTimersByTime(3_600_000)
  answer('yes')
  expect(await asked).toBe('yes')
  expect(expired).not.toHaveBeenCalled()
  vi.advanceTimersByTime(400)
  expect(expired).toHaveBeenCalledOnce()
})

test('a deadline that was met never expires', async () => {
  const expired = vi.fn()
  const deadline = new Deadline(1000, expired)
  deadline.cancel()
  await deadline.pausedFor(Promise.resolve())
  vi.advanceTimersByTime(10_000)
  expect(expired).not.toHaveBeenCalled()
})
