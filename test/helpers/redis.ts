import { afterAll, beforeAll } from 'vitest'
import { TestRedis } from './test-redis.js'

/** One for all tests of a file. */
export const useRedis = (options: readonly string[] = []): TestRedis => {
  const redis = new TestRedis(options)
  beforeAll(async () => redis.start())
  afterAll(async () => redis.stop())
  return redis
}
