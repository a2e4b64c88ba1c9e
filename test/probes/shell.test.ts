import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { shellScript } from '../../src/probes/shell-script.js'
import { hostFolders } from '../helpers/host-folders.js'
import { asRoot, python, pythonHere } from './local.js'

const started: ChildProcessWithoutNullStreams[] = []
afterEach(() => {
  for (const one of started.splice(0)) one.kill('SIGKILL')
})

/** A shell of nobody's, with what is typed into it. */
class Typed {
  readonly #process: ChildProcessWithoutNullStreams
  readonly ended: Promise<unknown[]>
  said = ''

  constructor(rows = 30, columns = 100) {
    const host = hostFolders()
    mkdirSync(join(host.root, 'state'))
    chmodSync(host.root, 0o755)
    const group = pythonHere('import grp, pwd; print(grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name)')
    const settings = join(host.root, 'settings.json')
    const manifest = join(host.root, 'manifest.json')
    writeFileSync(settings, JSON.stringify({ TOKEN: 'a token' }))
    const site = { settings, user: 'nobody', group, code: host.root, venv: '/nowhere', flaskApp: 'shop:app' }
    writeFileSync(manifest, JSON.stringify(site))
    const asked = { manifest, audit: { command: 'shell' }, rows, columns, term: 'dumb', prompt: '(shop) ' }
    const args = ['-I', '-S', '-c', host.moved(shellScript), JSON.stringify(asked)]
    this.#process = spawn(python, args, { stdio: 'pipe' })
    started.push(this.#process)
    this.#process.stdout.on('data', (text) => (this.said += String(text)))
    this.#process.stderr.on('data', (text) => (this.said += String(text)))
    this.#process.stdin.on('error', () => undefined)
    this.ended = once(this.#process, 'close')
  }

  type(text: string): void {
    this.#process.stdin.write(text)
  }

  hangUp(): void {
    this.#process.stdin.end()
  }

  async says(wanted: RegExp): Promise<void> {
    await expect.poll(() => this.said, { timeout: 20_000 }).toMatch(wanted)
  }
}

describe.runIf(asRoot)('a shell on a host', () => {
  it('is that of the account, in its environment, on a terminal as large as was asked for', async () => {
    const shell = new Typed()
    await shell.says(/^\/dev\/pts\/\d+\n[^]*\(shop\) /)
    shell.type('echo "<$(id -un) $TOKEN $FLASK_APP $(stty size) $TERM>"; tty -s && echo a-"terminal"\r')
    await shell.says(/<nobody a token shop:app 30 100 dumb>\r\na-terminal\r\n/)
    shell.type('exit 3\r')
    expect(await shell.ended).toEqual([3, null])
  })

  it('takes Ctrl-C for what runs in it, and goes on', async () => {
    const shell = new Typed()
    // said by what takes it: between two commands, bash itself would take it
    shell.type(`sh -c 'echo it-"sleeps"; exec sleep 600'\r`)
    await shell.says(/it-sleeps/)
    shell.type('\u0003')
    shell.type('echo it-"goes on"; exit\r')
    await shell.says(/it-goes on/)
    expect(await shell.ended).toEqual([0, null])
  })

  it('ends with whoever typed, and so does what runs in it', async () => {
    const shell = new Typed()
    shell.type('echo pid-$$; sleep 600\r')
    await shell.says(/pid-\d+/)
    const [, pid = ''] = /pid-(\d+)\r\n/.exec(shell.said) ?? []
    shell.hangUp()
    await shell.ended
    expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH')
  })

  it('ends when bash does, though something that it began goes on', async () => {
    const shell = new Typed()
    shell.type('sleep 5 & exit 0\r')
    expect(await shell.ended).toEqual([0, null])
  })

  it('hands on much that is pasted, and much that is printed, at once', async () => {
    const shell = new Typed()
    await shell.says(/\(shop\) /)
    shell.type('stty -echo; cat >/dev/null <<END; seq 100000 | tail -1; seq 100000 | wc -c\r')
    for (let line = 0; line < 3_000; line++) shell.type(`${'x'.repeat(70)}\r`)
    shell.type('END\rexit 0\r')
    expect(await shell.ended).toEqual([0, null])
    expect(shell.said).toContain('100000\r\n588895\r\n')
  })
})
