import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Command } from '../../src/core/command.js'
import { Secret } from '../../src/core/secret.js'
import { driver, envelope } from '../../src/transport/frame.js'
import { nameOf } from '../../src/transport/command-name.js'
import { bytesOf, composeInvocation, composeStreamed } from '../../src/transport/invocation.js'
import { bash, within } from './shell.js'

const nonce = 'n0nce'

const run = async (argv: Command['argv'], stdin?: Uint8Array) => {
  const script = composeInvocation({ argv, as: 'root' }, nonce, stdin)
  const { stdout, stderr } = await bash(driver() + envelope(script) + envelope('echo still here'))
  expect(stdout.toString()).toMatch(/still here\n$/)
  return { ...within(stdout, nonce), error: within(stderr, nonce).text }
}

describe('a command in the open shell', () => {
  test('gives back what it said and its code', async () => {
    expect(await run(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({
      text: 'out\n',
      error: 'err\n',
      status: 7,
    })
  })

  test('does not read the shell empty: its stdin is /dev/null', async () => {
    expect(await run(['cat'])).toMatchObject({ text: '', status: 0 })
  })

  test('gets its stdin byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { text } = await run(['base64', '-w0'], bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64'))
      }),
      { numRuns: 40 },
    )
  })

  test('has its own exit code also with stdin, and may leave that unread', async () => {
    expect(await run(['sh', '-c', 'exit 9'], Buffer.alloc(200_000, 'x'))).toMatchObject({ status: 9 })
  })

  test('is stopped on the host when it takes too long', async () => {
    const script = composeInvocation({ argv: ['sleep', '30'], as: 'root', seconds: 1 }, nonce)
    const { stdout } = await bash(driver() + envelope(script))
    expect(within(stdout, nonce).status).toBe(124)
  })

  test('is stopped with all that it has started', async () => {
    const argv = ['sh', '-c', 'sleep 31.4159 & echo $!; wait'] as const
    const { stdout } = await bash(driver() + envelope(composeInvocation({ argv, as: 'root', seconds: 1 }, nonce)))
    const { text, status } = within(stdout, nonce)
    expect(status).toBe(124)
    const process = `/proc/${text.trim()}/cmdline`
    // what is dead but not yet buried has an empty one
    expect(existsSync(process) ? readFileSync(process, 'utf8') : '').toBe('')
  })

  test('that ends by a signal has the code that a shell gives it', async () => {
    expect(await run(['sh', '-c', 'kill -9 $$'])).toMatchObject({ status: 137 })
  })

  test('that is not there has code 127', async () => {
    expect(await run(['/nonexistent/program'])).toEqual({
      text: '',
      error: '/nonexistent/program: No such file or directory\n',
      status: 127,
    })
  })

  test('shows its stdin in no argv of any process', async () => {
    const { text } = await run(
      ['sh', '-c', 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "'],
      bytesOf(new Secret('hunter2')),
    )
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain(Buffer.from('hunter2').toString('base64'))
  })
})

test('what a command leaves of a stream is never taken for the next script', async () => {
  const script = composeStreamed({ argv: ['head', '-c', '3'], as: 'root' }, nonce)
  const { stdout } = await bash(driver() + envelope(script) + 'abc' + envelope('echo pwned').repeat(1000))
  expect(within(stdout, nonce)).toEqual({ text: 'abc', status: 0 })
  expect(stdout.toString()).not.toContain('pwned\n')
})

test('a command is named by its label, or as it would be typed, not endlessly', () => {
  expect(nameOf({ argv: ['echo', 'a b'], as: 'root' })).toBe("echo 'a b'")
  expect(nameOf({ argv: ['sh', '-c', 'long'], as: 'root', label: 'unpack the code' })).toBe('unpack the code')
  expect(nameOf({ argv: ['echo', 'x'.repeat(1000)], as: 'root' })).toHaveLength(200)
})
