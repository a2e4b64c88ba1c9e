import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { expect } from 'vitest'
import { examples, writeFlags } from '../helpers/flags.js'
import type { Person } from '../helpers/person.js'
import type { Canaries } from './canaries.js'
import { canaryCase, settings } from './canary-case.js'
import type { Rig } from './rig.js'

/** An account that has to give a password to sudo, in an ssh_config of its own. */
const sshConfig = async ({ guest }: Rig, { folder }: Canaries, more = ''): Promise<string> => {
  const file = join(folder, 'ssh_config')
  const text = await readFile(guest.sshConfigFile, 'utf8')
  await writeFile(file, text.replace('User vagrant', 'User deploy') + more)
  return file
}

/** A key of that account, which nobody can use who does not know the passphrase. */
const lockedKey = async (rig: Rig, { folder, passphrase }: Canaries): Promise<string> => {
  const options = { passphrase, cipher: 'aes256-ctr', rounds: 16 }
  const pair = ssh2.utils.generateKeyPairSync('ed25519', options)
  const file = join(folder, 'locked')
  await writeFile(file, pair.private, { mode: 0o600 })
  await rig.host(`echo '${pair.public}' >>~deploy/.ssh/authorized_keys`)
  return file
}

/** By way of the clipboard: a program that types would have it as an argument. */
const answer = async (person: Person, question: RegExp, secret: string): Promise<void> => {
  await person.see(question)
  if (secret !== '') person.paste(secret)
  person.press('Enter')
}

/** What stands there once the program has ended, with all that has left the screen; each byte before that is kept, too. */
const ended = async (person: Person, canaries: Canaries, exitCode: number): Promise<string> => {
  await person.see(new RegExp(`^exit code ${exitCode}`, 'm'), { seconds: 120 })
  const screen = person.screen({ all: true })
  canaries.outputs.push(screen)
  person.close()
  expect(await readFile(canaries.recording, 'utf8')).toMatch(/sudo password of deploy/)
  return screen
}

const start = (rig: Rig, canaries: Canaries, args: readonly string[], cwd?: string): Person => {
  const person = canaries.person(args, cwd)
  rig.finally(() => Promise.resolve(person.close()))
  return person
}

canaryCase(
  'the passphrase of a key and the sudo password are typed at a terminal: neither is ever to be found',
  async (rig, canaries) => {
    const identity = await lockedKey(rig, canaries)
    for (const [transport, size] of [
      ['built-in', 5001],
      ['openssh', 5002],
    ] as const) {
      const { ssh, ...flags } = await canaries.flags(rig.guest, { 'max-body': size })
      const reached = { ...(ssh as object), 'identity-file': identity, 'sudo-password': undefined, transport }
      const file = await writeFlags({ ...flags, ssh: reached })
      const log = join(canaries.folder, `${transport}.log`)
      const person = start(rig, canaries, ['apply', '-f', file, '--log', log])
      await answer(person, /Passphrase of \S+locked/, `not-${canaries.passphrase}`)
      await answer(person, /Passphrase of \S+locked \(that was not the one\)/, canaries.passphrase)
      await answer(person, /sudo password of deploy/, canaries.sudo)
      await person.see(/Apply these .* \(y\/N\)/s)
      person.press('y', 'Enter')
      expect(await ended(person, canaries, 0)).toMatch(/The site answers/)
    }
    rig.sees('the settings file')
    return [settings]
  },
)

canaryCase(
  'the wizard is left, gone on with, and applies: no secret in a screen, an answer that is kept or the flags file',
  async (rig, canaries) => {
    const project = join(canaries.folder, 'notes')
    await cp(join(examples, 'notes'), project, { recursive: true })
    const args = ['init', '--ssh-config', await sshConfig(rig, canaries), '--log', join(canaries.folder, 'wizard.log')]

    const first = start(rig, canaries, args, project)
    for (const [question, typed] of [
      [/Which host\?/, ''],
      [/sudo password of deploy/, canaries.sudo],
      [/Name of the site: \(notes\)/, ''],
      [/\(ServerName\):/, 'notes.test'],
      [/SECRET_KEY is a secret[^]*Where is it\?/, ''],
      [/What next\?/, ''],
    ] as const) {
      await answer(first, question, typed)
    }
    await first.see(/Apply these .* \(y\/N\)/s)
    first.press('C-c')
    await ended(first, canaries, 130)
    const answers = join(canaries.folder, 'state/deploy-flask')
    expect(await readdir(answers)).toEqual([expect.stringMatching(/^answers-/)])
    expect(await canaries.told()).toEqual([])

    const second = start(rig, canaries, args, project)
    await answer(second, /Go on where you left/, '')
    await answer(second, /sudo password of deploy/, canaries.sudo)
    await answer(second, /What next\?/, '')
    await second.see(/Apply these .* \(y\/N\)/s)
    second.press('y', 'Enter')
    expect(await ended(second, canaries, 0)).toMatch(/written: deploy-flask\.yml/)
    expect(await readFile(join(project, 'deploy-flask.yml'), 'utf8')).toMatch(/env: SECRET_KEY/)
    rig.sees('the settings file')
    return [settings]
  },
)
