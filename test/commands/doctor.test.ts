import { expect, test } from 'vitest'
import { run } from './fakes.js'

test.each(['0', '-1', 'x', '1.5', '43201', '100000', '5 --since 6'])(
  '--since %s is refused before anybody is asked: it is a number of minutes, of at most a month, given once',
  async (value) => {
    const { exitCode, stderr, connections } = await run(`doctor -f deploy-flask.yml --since ${value}`)
    expect({ exitCode, connections }).toEqual({ exitCode: 2, connections: [] })
    expect(stderr).toContain('--since')
  },
)
