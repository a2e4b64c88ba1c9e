import { expect, test } from 'vitest'
import { run } from './fakes.js'

test.each(['-1', 'x', '1.5', '1w', '1000000', '5m --since 6m'])(
  '--since %s is refused before anybody is asked: it is a time like 15m, given once',
  async (value) => {
    const { exitCode, stderr, connections } = await run(`doctor -f deploy-flask.yml --since ${value}`)
    expect({ exitCode, connections }).toEqual({ exitCode: 2, connections: [] })
    expect(stderr).toContain('--since')
  },
)
