import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { startDelayProxy, type DelayProxy } from '../helpers/delay-proxy.js'

let server: Server
let proxy: DelayProxy
let client: Socket
let heard: string
let reached: string

/** Answers each message with the same in capitals. */
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (piece) => {
      reached += piece.toString()
      socket.write(piece.toString().toUpperCase())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

beforeEach(async () => {
  proxy = await startDelayProxy((server.address() as AddressInfo).port, 0)
  client = connect(proxy.port, '127.0.0.1')
  heard = reached = ''
  client.on('error', () => undefined)
  client.on('data', (piece) => (heard += piece.toString()))
  await once(client, 'connect')
})
afterEach(async () => {
  client.destroy()
  await proxy.stop()
})

const say = async (text: string): Promise<void> => {
  client.write(text)
  await sleep(50)
}

it('cuts before the k-th message, before its reply, or after it', async () => {
  await say('a')
  const first = proxy.cutAt({ message: 2, when: 'after the reply' })
  await say('b')
  await say('c')
  await first
  expect([reached, heard, client.destroyed]).toEqual(['abc', 'ABC', true])
})

it.each([
  ['before it is sent', 'a', 'A'],
  ['before the reply', 'ab', 'A'],
] as const)('cuts at a message %s', async (when, arrived, answered) => {
  const cut = proxy.cutAt({ message: 2, when })
  await say('a')
  await say('b')
  await cut
  expect([reached, heard]).toEqual([arrived, answered])
})

it('cuts after so many bytes', async () => {
  const cut = proxy.cutAt({ bytes: 5, from: 'server' }, 'end')
  const ended = once(client, 'end')
  await say('abc')
  await say('def')
  await cut
  await ended
  expect(heard).toBe('ABCDEF')
})

it('is told from an orderly end when it resets', async () => {
  const failed = new Promise<NodeJS.ErrnoException>((resolve) => client.once('error', resolve))
  proxy.cut('reset')
  expect((await failed).code).toBe('ECONNRESET')
})

it('swallows one direction, and delivers when it heals', async () => {
  proxy.blackhole('server')
  await say('a')
  expect([reached, heard]).toEqual(['a', ''])
  proxy.heal()
  await say('b')
  expect([reached, heard]).toEqual(['ab', 'AB'])
})

it('passes no more bytes a second than it may', async () => {
  proxy.limit(10_000)
  const started = performance.now()
  client.write('x'.repeat(5_000))
  while (heard.length < 5_000) await once(client, 'data')
  expect(performance.now() - started).toBeGreaterThan(900)
})

it('counts the bytes of each side until it is reset', async () => {
  await say('one')
  await say('four')
  expect(proxy.bytes()).toEqual({ client: 7, server: 7 })
  proxy.reset()
  expect(proxy.bytes()).toEqual({ client: 0, server: 0 })
})

it('keeps the order of what it passes more slowly: also of a full piece, and what is left over', async () => {
  // what is left over comes a moment later, and has a delay of 2 ms where that of the full piece is 3
  proxy.limit(65_536 / 0.003_02)
  const said = Array.from({ length: 200 }, (_, index) => `${'x'.repeat(65_536)}${index}.`)
  for (const one of said) {
    client.write(one)
    await sleep(5)
  }
  const whole = said.join('')
  await expect.poll(() => reached.length, { timeout: 10_000 }).toBe(whole.length)
  expect(reached === whole).toBe(true)
})
