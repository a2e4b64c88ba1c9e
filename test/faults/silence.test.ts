import { expect } from 'vitest'
import { fault } from './fault.js'
import { failing } from './failing-line.js'

fault(
  'F52',
  'the line goes dead both ways, for good',
  async (rig) => {
    const ended = await failing(rig, /apache\.vhost: done/, (proxy) => proxy.blackhole())
    expect(ended.exitCode, ended.stderr).toBe(4)
    expect(ended.stderr).toMatch(/^error CONNECTION_LOST: /m)
    expect(ended.stderr).toMatch(/what to do: run the same command again/)
  },
  { seconds: 240 },
)

fault(
  'F54',
  'the line goes dead both ways, and comes back after 30 s',
  async (rig) => {
    const ended = await failing(rig, /apache\.vhost: done/, (proxy) => {
      proxy.blackhole()
      setTimeout(() => proxy.heal(), 30_000)
    })
    expect([0, 4, 75], ended.stderr).toContain(ended.exitCode)
  },
  { seconds: 200 },
)

for (const from of ['client', 'server'] as const) {
  fault(
    'F53',
    `what the ${from === 'client' ? 'operator' : 'host'} says does not arrive any more`,
    async (rig) => {
      const ended = await failing(rig, /apache\.vhost: done/, (proxy) => proxy.blackhole(from))
      expect([4, 75], ended.stderr).toContain(ended.exitCode)
      expect(ended.stderr).toMatch(/^error (CONNECTION_LOST|LOCK_LOST): /m)
    },
    { seconds: 240 },
  )
}
