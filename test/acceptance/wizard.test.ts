import { cp, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { bin, deployFlask } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { examples } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { differences, snapshot } from '../helpers/snapshot.js'
import { Person } from '../helpers/person.js'

const secret = 'canary-of-the-wizard-77'
const open: Person[] = []
afterEach(() => {
  for (const terminal of open.splice(0)) terminal.close()
})

/** A project folder of somebody, with nothing of ours in it. */
const project = async (): Promise<string> => {
  const folder = join(await mkdtemp(join(tmpdir(), 'wizard-')), 'notes')
  await cp(join(examples, 'notes'), folder, { recursive: true })
  return folder
}

const start = (guest: Guest, cwd: string, columns = 80): Person => {
  const env = {
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    SECRET_KEY: secret,
    XDG_STATE_HOME: join(cwd, '..', 'state'),
    XDG_CONFIG_HOME: join(cwd, '..', 'config'),
  }
  const argv = [process.execPath, bin, 'init', '--ssh-config', guest.sshConfigFile]
  const terminal = new Person(argv, { cwd, env, columns })
  open.push(terminal)
  return terminal
}

/** What is different on each machine and each day. */
const plain = (screen: string, guest: Guest, cwd: string): string =>
  screen
    .replaceAll(cwd, '/home/me/notes')
    .replaceAll(guest.sshConfigFile, '~/.ssh/config')
    .replaceAll(guest.name, 'web1')
    // how much is free decides where the line is broken
    .replace(/web1: Ubuntu[^]*?[\d.]+\s+GB\s+free/g, (line) =>
      line.replaceAll(/\s+/g, ' ').replace(/[\d.]+ GB free$/, '80.0 GB free'),
    )

const answersUpToTheLast = async (terminal: Person): Promise<void> => {
  await terminal.see(/Which host\?/)
  terminal.press('Enter')
  await terminal.see(/Name of the site: \(notes\)/)
  terminal.press('Enter')
  await terminal.see(/\(ServerName\):/)
  terminal.press('notes.test')
  terminal.press('Enter')
  await terminal.see(/Where is it\?/)
  terminal.press('Enter')
  await terminal.see(/What next\?/)
}

describe('the wizard on a host that serves PHP', () => {
  let guest: Guest
  let cwd: string

  beforeAll(async () => {
    guest = await createGuest('php', 'a-wizard')
    cwd = await project()
  })
  afterAll(() => guest.destroy())

  it('goes from a folder to a site that runs, with arrow keys, help, a mistake put right and a step back', async () => {
    const terminal = start(guest, cwd)
    const screens: string[] = []
    const look = async (wanted: RegExp): Promise<void> => {
      screens.push(plain(await terminal.see(wanted), guest, cwd))
    }
    await look(/Which host\?/)
    terminal.press('?')
    await look(/ssh_config has names for[^]*Which host\?/)
    terminal.press('Down', 'Up', 'Enter')
    await terminal.see(/Name of the site: \(notes\)/)
    terminal.press('?', 'Enter')
    await look(/It names the files/)
    terminal.press('Enter')
    await terminal.see(/\(ServerName\):/)
    terminal.press('php.test')
    await look(/is the name of another site of this host/)
    terminal.press('Escape')
    await terminal.see(/Name of the site: \(notes\)/)
    terminal.press('Enter')
    await terminal.see(/\(ServerName\): *$/)
    terminal.press('notes.test')
    terminal.press('Enter')
    await look(/Where is it\?/)
    terminal.press('Enter')
    await look(/What next\?/)
    terminal.press('Enter')
    await terminal.see(/Apply these .* \(y\/N\)/s)
    terminal.press('y', 'Enter')
    await terminal.see(/^exit code \d/m, { seconds: 300 })
    const last = terminal.screen()
    expect(last).toContain('The site answers')
    expect(last).toContain('written: deploy-flask.yml')
    expect(last).toContain('exit code 0')
    await expect(screens.join('\n=====\n')).toMatchFileSnapshot('screens/wizard-80.txt')
    expect(terminal.screen({ all: true })).not.toContain(secret)
  })

  it('has made a site that answers, beside the PHP site that answers as before', async () => {
    expect((await ask(guest, '/login')).status).toBe(200)
    expect((await ask(guest, '/', { name: 'php.test' })).status).toBe(200)
    expect(await output(guest, 'ps -o user= -C apache2 | sort -u')).toContain('flask-notes')
  })

  it('leaves a flags file without the secret, that says the same without questions: there is nothing to do', async () => {
    const text = await readFile(join(cwd, 'deploy-flask.yml'), 'utf8')
    expect(text).toContain('env: SECRET_KEY')
    expect(text).not.toContain(secret)
    const before = await snapshot(guest)
    const again = await deployFlask(['apply', '-f', join(cwd, 'deploy-flask.yml'), '--yes'], { SECRET_KEY: secret })
    expect(again.stdout).toContain('nothing to do')
    expect(differences(before, await snapshot(guest))).toEqual([])
  })

  it('offers to use that file the next time', async () => {
    const terminal = start(guest, cwd)
    await terminal.see(/There is a deploy-flask\.yml here/)
    terminal.press('Enter')
    await terminal.see(/exit code 0/)
    expect(terminal.screen()).toContain('nothing to do')
  })
})

describe('whoever leaves the wizard', () => {
  let guest: Guest

  beforeAll(async () => {
    guest = await createGuest({ container: inject('deployed') }, 'a-wizard-left')
  })
  afterAll(() => guest.destroy())

  const questions: readonly (readonly [string, RegExp, readonly string[]])[] = [
    ['the host', /Which host\?/, ['Enter']],
    ['the name of the site', /Name of the site:/, ['club', 'Enter']],
    ['the server name', /\(ServerName\):/, ['club.test', 'Enter']],
    ['a secret', /Where is it\?/, ['Enter']],
    ['what next', /What next\?/, ['Enter']],
    ['the plan', /Apply these .* \(y\/N\)/s, []],
  ]

  it.each(questions.map(([name], index) => [name, index] as const))(
    'by Ctrl-C at %s changes nothing, and goes on from there the next time',
    async (_, index) => {
      const cwd = await project()
      const before = await snapshot(guest)
      const terminal = start(guest, cwd)
      for (const [, question, keys] of questions.slice(0, index)) {
        await terminal.see(question)
        for (const key of keys) terminal.press(key)
      }
      await terminal.see(questions[index]?.[1] ?? /$^/)
      terminal.press('C-c')
      await terminal.see(/exit code 130/)
      expect(terminal.screen()).toContain('error DECLINED: left; nothing was changed')
      expect(differences(before, await snapshot(guest))).toEqual([])
      expect(await readdir(cwd)).not.toContain('deploy-flask.yml')

      const second = start(guest, cwd)
      await second.see(index === 0 ? /Which host\?/ : /Go on where you left/)
    },
  )

  it('by closing the terminal changes nothing, and no process is left', async () => {
    const cwd = await project()
    const before = await snapshot(guest)
    const terminal = start(guest, cwd)
    await answersUpToTheLast(terminal)
    const processes = await terminal.processes()
    expect(processes.length).toBeGreaterThan(0)
    terminal.close()
    const isAlive = (pid: number): boolean => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    }
    await expect.poll(() => processes.some(isAlive), { timeout: 20_000 }).toBe(false)
    expect(differences(before, await snapshot(guest))).toEqual([])
  })

  it.each(['the host', 'the plan'])('by Ctrl-D at %s changes nothing', async (name) => {
    const before = await snapshot(guest)
    const terminal = start(guest, await project())
    const index = questions.findIndex(([one]) => one === name)
    for (const [, question, keys] of questions.slice(0, index)) {
      await terminal.see(question)
      for (const key of keys) terminal.press(key)
    }
    await terminal.see(questions[index]?.[1] ?? /$^/)
    terminal.press('C-d')
    await terminal.see(/exit code 130/)
    expect(differences(before, await snapshot(guest))).toEqual([])
  })
})

describe('a terminal of 40 columns', () => {
  it('shows every question whole', async () => {
    const guest = await createGuest({ container: inject('deployed') }, 'a-wizard-narrow')
    try {
      const cwd = await project()
      const terminal = start(guest, cwd, 40)
      await terminal.see(/Which host\?/)
      const first = terminal.screen()
      await answersUpToTheLast(terminal)
      const seen = [first, terminal.screen()]
      const screens = seen.map((screen) => plain(screen, guest, cwd))
      await expect(screens.join('\n=====\n')).toMatchFileSnapshot('screens/wizard-40.txt')
      for (const line of seen.join('\n').split('\n')) expect(line.length).toBeLessThanOrEqual(40)
    } finally {
      await guest.destroy()
    }
  })
})

describe('what is typed wrongly', () => {
  it('as the host is told, nothing goes on moving, and another one is asked for', async () => {
    const guest = await createGuest({ container: inject('deployed') }, 'a-wizard-host')
    try {
      const terminal = start(guest, await project())
      await terminal.see(/Which host\?/)
      terminal.press('Down', 'Enter')
      await terminal.see(/Host:/)
      terminal.press('no-such-host.invalid', 'Enter')
      const told = await terminal.see(/error HOST_NAME_UNKNOWN[^]*Which host\?/, { lines: 20 })
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect(terminal.screen()).toBe(told)
      terminal.press('Enter')
      await terminal.see(/Name of the site:/)
    } finally {
      await guest.destroy()
    }
  })

  it('by pasting several lines is not taken, and answers no further question', async () => {
    const guest = await createGuest({ container: inject('deployed') }, 'a-wizard-paste')
    try {
      const terminal = start(guest, await project())
      await terminal.see(/Which host\?/)
      terminal.press('Enter')
      await terminal.see(/Name of the site:/)
      terminal.paste('club\nclub.test\nx\n')
      const screen = await terminal.see(/more than one line/)
      expect(screen).not.toContain('ServerName')
      terminal.press('club')
      terminal.press('Enter')
      await terminal.see(/\(ServerName\):/)
    } finally {
      await guest.destroy()
    }
  })
})

describe('without a terminal', () => {
  it('all that is missing is told at once, and nobody is connected to', async () => {
    const { exitCode, stdout, stderr } = await deployFlask([])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    for (const option of ['--host', '--site', '--server-name', '--code-folder', '--wsgi']) {
      expect(stderr).toContain(`${option}`)
    }
  })
})
