import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { composeBatch, parseBatch } from '../../../src/transport/batch.js'
import { within } from '../../transport/shell.js'

test('a batch costs the host two processes a question, its shell and its command, and one that brings the answers', () => {
  const nonce = 'n0nce'
  const questions = Array.from({ length: 20 }, () => 'cat /proc/sys/kernel/hostname')
  // In a namespace of its own the numbers of processes count them.
  const script = `${composeBatch(questions, nonce)}\nsh -c 'echo processes $$'\n`
  const { stdout, stderr } = spawnSync('unshare', ['--pid', '--fork', 'bash', '-s'], { input: script })
  expect(stderr.toString().replaceAll(/n0nce.*\n/g, '')).toBe('')
  expect(parseBatch(within(stdout, nonce).text, questions, nonce)).toHaveLength(20)
  const last = Number(/processes (\d+)/.exec(stdout.toString())?.[1])
  // The first is bash itself, the last the one that tells.
  expect(last - 2).toBe(2 * questions.length + 1)
})
