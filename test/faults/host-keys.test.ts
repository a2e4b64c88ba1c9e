import { execFileSync, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ErrorCode } from '../../src/errors.js'
import type { CliResult } from '../helpers/cli.js'
import { loginsOf } from '../helpers/eyes.js'
import { leftovers, snapshot } from '../helpers/snapshot.js'
import { transports } from '../helpers/transports.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

interface Known {
  /** Path of the known hosts. */
  readonly file: string
  readonly config: string
}

/** An ssh_config for the guest whose known hosts are these; `write` makes them. */
const knowing = async (rig: Rig, write: string | ((file: string) => Promise<unknown>)): Promise<Known> => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
  const [file, config] = [join(folder, 'known_hosts'), join(folder, 'ssh_config')]
  await (typeof write === 'string' ? writeFile(file, write) : write(file))
  await writeFile(config, `UserKnownHostsFile ${file}\nInclude ${rig.guest.sshConfigFile}\n`)
  return { file, config }
}

/** The key of the guest, as a line of known hosts has it behind the name. */
const keyOf = async (rig: Rig, type: string): Promise<string> =>
  (await rig.host(`cut -d ' ' -f 1,2 /etc/ssh/ssh_host_${type}_key.pub`)).trim()

const fingerprintOf = async (rig: Rig, type: string): Promise<string> =>
  (await rig.host(`ssh-keygen -lf /etc/ssh/ssh_host_${type}_key.pub`)).split(' ')[1] ?? ''

/** A key that no host has. */
const strangeKey = async (type: string): Promise<{ readonly line: string; readonly fingerprint: string }> => {
  const file = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'key')
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', file])
  const told = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' })
  return {
    line: (await readFile(`${file}.pub`, 'utf8')).split(' ').slice(0, 2).join(' '),
    fingerprint: told.split(' ')[1] ?? '',
  }
}

const apply = async (rig: Rig, { config }: Known, transport: string, ...more: readonly string[]): Promise<CliResult> =>
  rig.apply(rig.change({ ssh: { 'config-file': config, transport } }), ...more)

/** Refused by both transports, and with the option that trusts new hosts where one is given; nobody has logged in. */
const refused = async (
  rig: Rig,
  known: Known,
  code: ErrorCode,
  place: RegExp,
  ...more: string[]
): Promise<CliResult> => {
  const before = { ...(await loginsOf(rig.guest)), files: await snapshot(rig.guest) }
  const results: CliResult[] = []
  for (const transport of transports) {
    const result = await apply(rig, known, transport, ...more)
    rig.refused(result, code, place)
    results.push(result)
  }
  expect(await loginsOf(rig.guest)).toEqual({ logins: before.logins, sudo: before.sudo })
  expect(leftovers(before.files, await snapshot(rig.guest))).toEqual([])
  rig.flags = rig.change()
  return results[0] ?? expect.fail('no way was tried')
}

const accepted = async (rig: Rig, known: Known, ...more: readonly string[]): Promise<void> => {
  for (const transport of transports) {
    const result = await apply(rig, known, transport, ...more)
    expect(result.exitCode, result.stderr).toBe(0)
  }
}

/** What ssh says of the same files. */
const sshAccepts = (rig: Rig, { config }: Known): boolean =>
  spawnSync('ssh', ['-F', config, '-o', 'BatchMode=yes', '-o', 'UpdateHostKeys=no', rig.guest.name, 'true']).status ===
  0

fault('F65', 'nobody knows the key of the host', async (rig) => {
  const known = await knowing(rig, '')
  const fingerprint = await fingerprintOf(rig, 'ed25519')
  const { stderr } = await refused(rig, known, 'HOST_KEY_UNKNOWN', /offered: ssh-ed25519 SHA256:/)
  expect(stderr).toContain(fingerprint)
  expect(await readFile(known.file, 'utf8')).toBe('')
  await accepted(rig, known, '--accept-new-host-key')
  expect(await readFile(known.file, 'utf8')).toContain(await keyOf(rig, 'ed25519'))
  await accepted(rig, known)
})

fault('F66', 'the key of the host is another one than before', async (rig) => {
  const strange = await strangeKey('ed25519')
  const text = `${rig.guest.host} ${strange.line}\n`
  const known = await knowing(rig, text)
  const fingerprint = await fingerprintOf(rig, 'ed25519')
  const { stderr } = await refused(rig, known, 'HOST_KEY_CHANGED', /ssh-keygen -f \S+ -R/, '--accept-new-host-key')
  expect(stderr).toContain(`known:   ssh-ed25519 ${strange.fingerprint}`)
  expect(stderr).toContain(`offered: ssh-ed25519 ${fingerprint}`)
  expect(await readFile(known.file, 'utf8')).toBe(text)
})

fault('F67', 'the host has keys of more types than the one that is known', async (rig) => {
  await accepted(rig, await knowing(rig, `${rig.guest.host} ${await keyOf(rig, 'ecdsa')}\n`))
  await rig.inject(
    'cp -p /etc/ssh/sshd_config /root/; sed -i "1i HostKey /etc/ssh/ssh_host_ed25519_key" /etc/ssh/sshd_config; systemctl reload ssh; sleep 0.3',
    'mv /root/sshd_config /etc/ssh/; systemctl reload ssh',
  )
  const known = await knowing(rig, `${rig.guest.host} ${await keyOf(rig, 'ecdsa')}\n`)
  await refused(rig, known, 'HOST_KEY_CHANGED', /type that is not known/, '--accept-new-host-key')
})

fault('F68', 'the known hosts hold everything that ssh knows', async (rig) => {
  const { host } = rig.guest
  const key = await keyOf(rig, 'ed25519')
  const strange = (await strangeKey('ed25519')).line
  const hashed = async (file: string): Promise<void> => {
    await writeFile(file, `${host} ${key}\n`)
    execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
  }
  const fine = [hashed, `# ours\r\n\r\nother.test ${strange}\r\n*.*.*.*,!127.* ${key} # of the guest\r\n`]
  for (const text of fine) {
    const known = await knowing(rig, text)
    expect(sshAccepts(rig, known)).toBe(true)
    await accepted(rig, known)
  }
  const wrong: readonly (readonly [text: string, code: ErrorCode, place: RegExp])[] = [
    [`*,!${host} ${key}\n`, 'HOST_KEY_UNKNOWN', /is not known yet/],
    [`[${host}]:2222 ${key}\n`, 'HOST_KEY_UNKNOWN', /is not known yet/],
    [`${host} ${key}\n@revoked * ${key}\n`, 'HOST_KEY_REVOKED', /is marked @revoked/],
  ]
  for (const [text, code, place] of wrong) {
    const known = await knowing(rig, text)
    expect(sshAccepts(rig, known)).toBe(false)
    await refused(rig, known, code, place)
    expect(await readFile(known.file, 'utf8')).toBe(text)
  }
})

fault('F69', 'the known hosts are a folder, or garbage', async (rig) => {
  const folder = await knowing(rig, (file) => mkdir(file))
  await refused(rig, folder, 'KNOWN_HOSTS_UNREADABLE', /known_hosts/, '--accept-new-host-key')
  const garbage = await knowing(rig, (file) =>
    writeFile(file, Buffer.from(Array.from({ length: 4096 }, (_, at) => at))),
  )
  await refused(rig, garbage, 'HOST_KEY_UNKNOWN', /is not known yet/)
})
