import { describe, expect, it } from 'vitest'
import { askingOnce } from '../../src/commands/fleet-ask.js'
import type { Asked } from '../../src/transport/ask.js'

const sudo = (host: string, account = 'deploy'): Asked => ({
  about: 'sudo-password',
  text: `sudo password of ${account} on ${host}`,
  secret: true,
  account,
})
const passphrase: Asked = { about: 'passphrase', text: 'Passphrase of ~/.ssh/id_ed25519', secret: true }

const person = () => {
  const asked: string[] = []
  let open = 0
  const askOf = askingOnce(async ({ text }) => {
    expect(++open, 'one question at a time').toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    open--
    asked.push(text)
    return `answer ${asked.length}`
  })
  return { asked, askOf }
}

describe('a person in front of a fleet', () => {
  it('is asked once for each key and each account, whatever the number of hosts', async () => {
    const { asked, askOf } = person()
    const answers = await Promise.all(
      ['web01', 'web02', 'web03'].map(async (host) => {
        const ask = askOf()
        return [await ask(passphrase), await ask(sudo(host)), await ask(sudo(host, 'root'))]
      }),
    )
    expect(asked.sort()).toEqual([
      'Passphrase of ~/.ssh/id_ed25519',
      'The sudo password of deploy on all hosts',
      'The sudo password of root on all hosts',
    ])
    expect(new Set(answers.map((one) => one.join())).size).toBe(1)
  })

  it('is not asked again by a host that has refused the answer: it would be tried on all of them', async () => {
    const { asked, askOf } = person()
    const ask = askOf()
    expect(await ask(sudo('web01'))).toBe('answer 1')
    expect(await ask(sudo('web01'))).toBeUndefined()
    expect(asked).toHaveLength(1)
  })

  it.each(['host-key', 'login-prompt'] as const)('is never asked for what is one host its own: %s', async (about) => {
    const { asked, askOf } = person()
    expect(await askOf()({ about, text: 'web01?', secret: false })).toBeUndefined()
    expect(asked).toEqual([])
  })
})
