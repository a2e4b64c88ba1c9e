import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type * as Cache from '../../vagrant/cache.js'

let folder: string
let cache: typeof Cache

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-flask-cache-'))
  vi.stubEnv('XDG_CACHE_HOME', folder)
  cache = await import('../../vagrant/cache.js')
})

afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

test('work under one lock never overlaps, and a lock is free again after a failure', async () => {
  const log: string[] = []
  const work = (name: string) => async () => {
    log.push(`${name} begins`)
    await sleep(50)
    log.push(`${name} ends`)
    if (name === 'a') throw new Error('a failed')
  }
  const results = await Promise.allSettled([cache.withLock('box', work('a')), cache.withLock('box', work('b'))])
  expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled'])
  const [first] = log[0]?.split(' ') ?? []
  const second = first === 'a' ? 'b' : 'a'
  expect(log).toEqual([`${first} begins`, `${first} ends`, `${second} begins`, `${second} ends`])
})

test('locks of different names do not wait for each other', async () => {
  const answer = await cache.withLock('one', () => cache.withLock('two', () => Promise.resolve('both')))
  expect(answer).toBe('both')
})

test('a recipe has the same key until a file or a word of it changes', async () => {
  const key = await cache.recipeKey(['Vagrantfile'], ['bionic'])
  expect(key).toMatch(/^[0-9a-f]{10}$/)
  expect(await cache.recipeKey(['Vagrantfile'], ['bionic'])).toBe(key)
  expect(await cache.recipeKey(['Vagrantfile'], ['focal'])).not.toBe(key)
  expect(await cache.recipeKey(['templates/php.sh'], ['bionic'])).not.toBe(key)
})
