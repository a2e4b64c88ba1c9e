import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bin } from '../../helpers/cli.js'
import { ensurePrograms } from '../../helpers/programs.js'
import { Repository } from '../../helpers/repository.js'
import { sh, startSshd, type Sshd } from '../../helpers/sshd.js'

let sshd: Sshd
let folder: string
beforeAll(async () => {
  ensurePrograms({ strace: '/usr/bin/strace', git: '/usr/bin/git' })
  sshd = await startSshd()
  folder = mkdtempSync(join(tmpdir(), 'network-'))
})
afterAll(async () => {
  await sshd.stop()
  rmSync(folder, { recursive: true })
})

const run = (args: readonly string[], env: Readonly<Record<string, string>>, before: readonly string[] = []) => {
  const [program = '', ...rest] = [...before, process.execPath, bin, ...args]
  const child = spawn(program, rest, {
    env: { ...process.env, NO_COLOR: '1', CI: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()))
  return { child, said: () => said, ended: once(child, 'close').then(() => said) }
}

/** Every address that it, or anything that it starts, sends something to: `127.0.0.1:22`. */
const addresses = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const trace = join(folder, `trace-${Math.random()}`)
  const strace = [
    'strace',
    '-f',
    '-qq',
    '-e',
    'trace=connect,sendto,sendmsg,sendmmsg',
    '-e',
    'signal=none',
    '-o',
    trace,
  ]
  const { ended } = run(args, env, strace)
  const said = await ended
  const found = [...readFileSync(trace, 'utf8').matchAll(/sin6?_port=htons\((\d+)\).*?"([0-9a-f.:]+)"/g)]
  return { said, to: [...new Set(found.map(([, port, address]) => `${address}:${port}`))].sort() }
}

const flags = async (code: object): Promise<string> => {
  const file = join(folder, 'deploy-flask.yml')
  const config = await sshd.config()
  const all = { version: 1, host: 'there', ssh: { 'config-file': config }, site: 'shop', 'server-name': 'shop.test' }
  writeFileSync(file, JSON.stringify({ ...all, code, wsgi: 'shop:app', requirements: false }))
  return file
}

const app = { 'shop.py': 'app = 1\n' }

describe('the program talks to nobody but the hosts of its user', () => {
  it('and to none at all where it needs no host', async () => {
    writeFileSync(join(folder, 'shop.py'), 'app = 1\n')
    const file = await flags({ folder: '.' })
    const all = [
      ['--help'],
      ['--version', '--verbose'],
      ['schema'],
      ['playbooks'],
      ['explain', 'APT_LOCKED'],
      ['explain', '-f', file],
    ]
    for (const args of [
      ...all,
      ['explain', '--vhost', '-f', file],
      ['plan', '-f', '/nowhere.yml'],
      ['completion', 'bash'],
    ]) {
      const { said, to } = await addresses(args)
      expect(to, args.join(' ')).toEqual([])
      expect(said).not.toBe('')
    }
  })

  it('of plan, to the host', async () => {
    const { said, to } = await addresses(['plan', '-f', await flags({ folder: '.' })])
    // which it says after a look at it
    expect(said).toContain('error HOST_UNSUPPORTED: ')
    expect(to).toEqual([`127.0.0.1:${sshd.port}`])
  })

  it('of plan with code in a repository, to the server of that, too', async () => {
    const other = await startSshd()
    try {
      const repository = new Repository()
      repository.commit(app)
      const env = { GIT_SSH_COMMAND: `ssh -F ${await other.config()}`, XDG_CACHE_HOME: folder }
      const file = await flags({ git: `ssh://there${repository.folder}` })
      const { said, to } = await addresses(['plan', '-f', file], env)
      expect(said).toContain('error HOST_UNSUPPORTED: ')
      expect(to).toEqual([sshd.port, other.port].map((port) => `127.0.0.1:${port}`).sort())
    } finally {
      await other.stop()
    }
  })
})

describe('git, while the program waits for it', () => {
  it('ends with the program, and with it all that it has started', async () => {
    const waiting = join(folder, 'ssh-that-waits')
    writeFileSync(waiting, `#!/bin/sh\necho $$ >${folder}/pid\nexec sleep 300\n`, { mode: 0o755 })
    const file = await flags({ git: 'ssh://there/app.git' })
    const { child, said, ended } = run(['plan', '-f', file], { GIT_SSH_COMMAND: waiting, XDG_CACHE_HOME: folder })
    const pid = async (): Promise<string> => {
      for (;;) {
        const found = sh(`cat ${folder}/pid 2>/dev/null || true`).trim()
        if (found !== '') return found
        await sleep(50)
      }
    }
    const started = await pid()
    child.kill('SIGINT')
    await ended
    expect(said()).toContain('error INTERRUPTED: stopped by SIGINT; nothing was changed')
    expect(sh(`ps -o stat= -p ${started} || true`).trim()).toMatch(/^(Z.*)?$/)
  })
})
