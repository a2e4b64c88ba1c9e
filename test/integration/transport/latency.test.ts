import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { composeBatch } from '../../../src/transport/batch.js'
import { root } from '../../../src/core/command.js'
import { connectSsh } from '../../../src/transport/ssh.js'
import { startDelayProxy, type DelayProxy } from '../../helpers/delay-proxy.js'
import { createUser, startSshd, type Sshd, type User } from '../../helpers/sshd.js'
import { transports } from '../../helpers/transports.js'

describe.each(transports)('over %s', (way) => {
  let sshd: Sshd
  let user: User
  let proxy: DelayProxy

  beforeAll(async () => {
    sshd = await startSshd()
    user = createUser({ sudoers: 'USER ALL=(ALL) NOPASSWD: ALL' })
    proxy = await startDelayProxy(sshd.port, 25)
  })
  afterAll(async () => {
    user.remove()
    await proxy.stop()
    await sshd.stop()
  })

  const questions = Array.from({ length: 30 }, (_, index) => `echo ${index}`)

  /** The yardstick: the same script by hand. */
  const byHand = async (config: string): Promise<void> =>
    new Promise((resolve) => {
      const ssh = spawn('ssh', ['-F', config, '-l', user.name, 'there', 'sudo -n bash -s'], {
        stdio: ['pipe', 'ignore', 'ignore'],
      })
      ssh.stdin.end(composeBatch(questions, 'nonce'))
      ssh.on('close', () => resolve())
    })

  test('from connecting to the answers we wait for the network no more often than ssh does', async () => {
    const config = await sshd.config([`Port ${proxy.port}`, `HostKeyAlias [127.0.0.1]:${sshd.port}`])
    const figures: string[] = []
    const measure = async (name: string, run: () => Promise<unknown>): Promise<number> => {
      proxy.reset()
      const started = performance.now()
      await run()
      figures.push(`${name}: ${proxy.turns()} turns, ${Math.round(performance.now() - started)} ms`)
      return proxy.turns()
    }
    const yardstick = await measure('ssh host sudo -n bash -s', async () => byHand(config))
    const connect = async () => connectSsh({ transport: way, host: 'there', user: user.name, sshConfigFile: config })
    await (await connect()).close()
    let opened: ReturnType<typeof connect> | undefined
    const connecting = await measure('connect', async () => (opened = connect()))
    if (opened === undefined) throw new Error('not connected')
    const transport = await opened
    const all = questions.map((sh) => ({ sh, as: 'root' as const }))
    const turns = connecting + (await measure('ask 30 questions', async () => transport.ask(all)))
    await measure('open a shell and run the first command', async () => transport.run(root('true')))
    const perCommand = await measure('run one command', async () => transport.run(root('true')))
    await transport.close()
    process.stdout.write(`at 50 ms a round trip, modules loaded:\n  ${figures.join('\n  ')}\n`)
    // An answer that comes in two pieces may count for one turn more.
    expect(turns).toBeLessThanOrEqual(yardstick + 1)
    expect(perCommand).toBe(1)
  })
})
