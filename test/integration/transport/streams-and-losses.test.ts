import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { root, type Source } from '../../../src/core/command.js'
import { startDelayProxy } from '../../helpers/delay-proxy.js'
import { useRealHost } from '../../helpers/real-host.js'
import { sh } from '../../helpers/sshd.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  const host = useRealHost(way)

  const source = (open: () => Readable): Source => ({ name: 'a stream', open })

  describe('streams to a command', () => {
    test('of 20 MB arrive byte for byte, twelve of them at once', async () => {
      const transport = await host.connect()
      const block = Buffer.from(Array.from({ length: 65536 }, (_, index) => (index * 31 + (index >> 8)) % 256))
      const blocks = 305
      const stdin = source(() =>
        Readable.from(
          (function* () {
            for (let index = 0; index < blocks; index++) yield block
          })(),
        ),
      )
      const expected = (await transport.run({ ...root('sha256sum'), stdin })).stdout
      const { createHash } = await import('node:crypto')
      const hash = createHash('sha256')
      for (let index = 0; index < blocks; index++) hash.update(block)
      expect(expected).toBe(`${hash.digest('hex')}  -\n`)
      const small = source(() => Readable.from([block]))
      const counted = await Promise.all(
        Array.from({ length: 12 }, () => transport.run({ ...root('wc', '-c'), stdin: small })),
      )
      expect(counted.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 12 }, () => '65536\n'))
    })

    test('also carry bytes that are too many for the open shell', async () => {
      const transport = await host.connect()
      const { stdout } = await transport.run({ ...root('wc', '-c'), stdin: Buffer.alloc(1_000_000, 1) })
      expect(stdout).toBe('1000000\n')
    })

    test('are made as slowly as they are read', async () => {
      const transport = await host.connect()
      let made = 0
      const endless = source(
        () =>
          new Readable({
            read() {
              made += 65536
              this.push(Buffer.alloc(65536))
            },
          }),
      )
      const answer = await transport.run({
        ...root('sh', '-c', 'head -c 1000 | wc -c; sleep 1; exit 5'),
        stdin: endless,
      })
      expect(answer).toMatchObject({ stdout: '1000\n', exitCode: 5 })
      expect(made).toBeLessThan(20_000_000)
    })

    test('tell how much of them the line has taken: not more than the host has made room for, and all in the end', async () => {
      const transport = await host.connect()
      const [block, blocks] = [Buffer.alloc(65536, 1), 160]
      const told: { readonly sent: number; readonly reading: boolean }[] = []
      let reading = false
      const stdin = source(() => Readable.from(Array.from({ length: blocks }, () => block)))
      const { stdout } = await transport.run(
        { ...root('sh', '-c', 'sleep 1; echo reads; wc -c'), stdin },
        {
          onOutput: (text, stream) => (reading ||= stream === 'stdout' && text.includes('reads')),
          onSent: (sent) => told.push({ sent, reading }),
        },
      )
      expect(stdout).toBe(`reads\n${blocks * block.length}\n`)
      expect(told.at(-1)?.sent).toBe(blocks * block.length)
      const before = told.filter((one) => !one.reading).at(-1)?.sent ?? 0
      expect(before).toBeGreaterThan(0)
      expect(before).toBeLessThan(4_000_000)
      const counts = told.map(({ sent }) => sent)
      expect(counts).toEqual([...counts].sort((one, other) => one - other))
    })

    test('that break off are an error, not the end of the input', async () => {
      const transport = await host.connect()
      const broken = source(() =>
        Readable.from(
          (function* () {
            yield Buffer.from('part')
            throw new Error('the disk is gone')
          })(),
        ),
      )
      await expect(transport.run({ ...root('cat'), stdin: broken })).rejects.toThrow('the disk is gone')
      expect(await transport.run(root('echo', 'next'))).toMatchObject({ stdout: 'next\n' })
    })
  })

  describe('a connection that is lost', () => {
    const overProxy = async () => {
      const proxy = await startDelayProxy(host.sshd.port, 0)
      const transport = await host.connect({}, [`Port ${proxy.port}`, `HostKeyAlias [127.0.0.1]:${host.sshd.port}`])
      return { proxy, transport }
    }

    test('while a command runs leaves its outcome unknown', async () => {
      const { proxy, transport } = await overProxy()
      const running = transport.run(root('sh', '-c', 'echo started; sleep 30'), { onOutput: () => undefined })
      const refused = expect(running).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
        fault: { what: expect.stringContaining('was lost while') as unknown },
      })
      setTimeout(() => proxy.cut(), 500)
      await refused
      await expect(transport.run(root('true'))).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await proxy.stop()
    })

    test('while questions are asked is an error', async () => {
      const { proxy, transport } = await overProxy()
      const refused = expect(
        transport.ask([
          { sh: 'sleep 30', as: 'root' },
          { sh: 'sleep 30', as: 'login' },
        ]),
      ).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      setTimeout(() => proxy.cut(), 500)
      await refused
      await proxy.stop()
    })

    test('while a stream is sent is an error', async () => {
      const { proxy, transport } = await overProxy()
      const endless = source(
        () =>
          new Readable({
            read() {
              setTimeout(() => this.push(Buffer.alloc(65536)), 5)
            },
          }),
      )
      const refused = expect(transport.run({ ...root('cat'), stdin: endless })).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
      })
      setTimeout(() => proxy.cut(), 500)
      await refused
      await proxy.stop()
    })

    test('because the session was killed on the host is an error', async () => {
      const transport = await host.connect()
      const running = transport.run(root('sleep', '30'))
      const refused = expect(running).rejects.toMatchObject({ code: 'CONNECTION_LOST' })
      await transport.ask([{ sh: 'true', as: 'login' }])
      // The session's own process, found by the account that it serves.
      sh(`for p in $(pgrep -f '^sshd: ${host.user.name}@'); do kill $p; done`)
      await refused
    })

    test('without a word is noticed by the keepalive', { timeout: 90_000 }, async () => {
      const { proxy, transport } = await overProxy()
      await transport.run(root('true'))
      proxy.blackhole()
      await expect(transport.run(root('sleep', '1'))).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
        fault: { evidence: expect.stringMatching(/Keepalive|not responding/) as unknown },
      })
      await proxy.stop()
    })
  })
})
