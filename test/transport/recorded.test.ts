import { expect, test } from 'vitest'
import { root } from '../../src/core/command.js'
import { RecordedTransport } from '../../src/transport/recorded.js'

test('a recorded host answers what was recorded and keeps what it was told', async () => {
  const host = new RecordedTransport({
    answer: ({ sh }) => (sh === 'id -u' ? { stdout: '0\n' } : undefined),
    result: ({ argv }) => (argv[0] === 'false' ? { exitCode: 1, stderr: 'no\n' } : undefined),
  })
  const heard: string[] = []
  expect(await host.ask([{ sh: 'id -u', as: 'root' }])).toEqual([{ stdout: '0\n', stderr: '', exitCode: 0 }])
  expect(await host.run(root('false'), { onOutput: (text, stream) => heard.push(`${stream}: ${text}`) })).toMatchObject(
    { exitCode: 1 },
  )
  expect(await host.run(root('true'))).toMatchObject({ exitCode: 0 })
  expect(heard).toEqual(['stderr: no\n'])
  expect(host.commands.map(({ argv }) => argv)).toEqual([['false'], ['true']])
  expect(host.counts).toEqual({ connections: 1, batches: 1, commands: 2 })
})

test('a question that was never recorded is an error, not an empty answer', async () => {
  const host = new RecordedTransport({})
  await expect(host.ask([{ sh: 'uname', as: 'login' }])).rejects.toThrow('nothing is recorded for: uname')
})
