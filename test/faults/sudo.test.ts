import { expect } from 'vitest'
import { deployFlask, type CliResult } from '../helpers/cli.js'
import { pathsOf } from '../helpers/snapshot.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'
import { canary } from './sites.js'

const password = 'deploy-password'
const wrong = 'no-password-of-anybody'

/** As the account whose sudo asks, with this password; it changes nothing unless it is told to. */
const asDeploy = async (rig: Rig, given: string, command = 'plan', more: object = {}): Promise<CliResult> => {
  const ssh = { 'config-file': rig.guest.sshConfigFile, user: 'deploy', 'sudo-password': { env: 'SUDO_PASSWORD' } }
  const flags = await rig.file({ ...rig.notes(), ssh, ...more })
  const options = command === 'apply' ? ['--yes', '--verbose'] : []
  const env = { NOTES_SECRET_KEY: canary, SUDO_PASSWORD: given }
  const result = await deployFlask([command, '-f', flags, ...options], env)
  rig.outputs.push(result.stdout, result.stderr)
  for (const text of [result.stdout, result.stderr]) expect(text).not.toContain(given)
  rig.sees(/^error (\w+): /m.exec(result.stderr)?.[0].slice(6, -2) ?? 'done')
  return result
}

/** Until the case is over. */
const sudoers = (rig: Rig, ...lines: readonly string[]): Promise<void> =>
  rig.inject(
    `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >/etc/sudoers.d/zz-case; chmod 0440 /etc/sudoers.d/zz-case; visudo -cq`,
    'rm -f /etc/sudoers.d/zz-case',
  )

const works = (result: CliResult): void => expect(result.exitCode, result.stderr).toBe(0)

const failures = async (rig: Rig): Promise<number> => {
  const journal = await rig.host('journalctl --sync; journalctl --no-pager -o cat')
  return journal.match(/pam_unix\(sudo:auth\): authentication failure/g)?.length ?? 0
}

const changesNothing = { noRerun: true } as const

fault(
  'F58',
  'the account is not in sudoers',
  async (rig) => {
    await rig.inject('gpasswd -d deploy sudo', 'gpasswd -a deploy sudo')
    rig.refused(await asDeploy(rig, password, 'apply'), 'SUDO_FORBIDDEN', /deploy may not use sudo on this host/)
    // the group of sudo, which the case has changed itself
    expect(pathsOf(await rig.left())).toEqual(['/etc/group', '/etc/gshadow'])
  },
  { ...changesNothing, touches: /group|gshadow/ },
)

fault(
  'F59',
  'the sudo password is wrong: it is tried once, and stands nowhere',
  async (rig) => {
    const before = await failures(rig)
    const result = await asDeploy(rig, wrong, 'apply', { 'max-body': 4097 })
    rig.refused(result, 'SUDO_PASSWORD_WRONG', /does not take this password of deploy/)
    expect((await failures(rig)) - before).toBe(1)
    const told = await rig.host(
      `journalctl --no-pager -o export | grep -a -c ${wrong} || true; grep -rlas ${wrong} /var/log /tmp /run/deploy-flask /var/lib/deploy-flask /home || true`,
    )
    expect(told).toBe('0\n')
  },
  changesNothing,
)

fault(
  'F60',
  'sudo needs no password, and one is given: no process of the host reads it, and a file is what was sent',
  async (rig) => {
    await sudoers(rig, 'deploy ALL=(ALL) NOPASSWD: ALL')
    await rig.inject(
      `systemd-run -q --unit traced strace -f -o /root/trace -s 65536 -e trace=read,write,execve -p $(pgrep -o -x sshd); sleep 0.5`,
      'systemctl stop traced; rm -f /root/trace',
    )
    works(await asDeploy(rig, password, 'apply', { 'max-body': 4098 }))
    await rig.host('systemctl stop traced')
    expect(await rig.host(`grep -c LimitRequestBody /root/trace; grep -c ${password} /root/trace || true`)).toMatch(
      /^[1-9]\d*\n0\n$/,
    )
    const vhost = '/etc/apache2/sites-available/notes.conf'
    expect(await rig.host(`cat ${vhost}`)).toMatch(
      /^# Managed by deploy-flask [^]*LimitRequestBody 4098\n[^]*<\/VirtualHost>\n$/,
    )
    rig.flags = rig.notes()
  },
)

fault(
  'F61',
  'sudo insists on a terminal (requiretty)',
  async (rig) => {
    await sudoers(rig, 'Defaults:deploy requiretty')
    rig.refused(await asDeploy(rig, password), 'SUDO_TTY_REQUIRED', /requiretty/)
  },
  changesNothing,
)

fault(
  'F62',
  'sudo is limited to apt-get: what is missing is said',
  async (rig) => {
    await sudoers(rig, 'deploy ALL=(ALL) !ALL, /usr/bin/apt-get')
    rig.refused(await asDeploy(rig, password), 'SUDO_FORBIDDEN', /does not allow deploy a root shell[^]*every command/)
  },
  changesNothing,
)

const settings = [
  ['a lecture each time, no time stamps, a pty', 'Defaults:deploy lecture=always,timestamp_timeout=0,use_pty'],
  ['a prompt of its own', 'Defaults:deploy passprompt="Who are you? ",passprompt_override'],
  ['one attempt only', 'Defaults:deploy passwd_tries=1'],
] as const

fault(
  'F63',
  `sudo has ${settings.map(([what]) => what).join('; ')}; Russian messages`,
  async (rig) => {
    for (const [, line] of settings) {
      await sudoers(rig, line)
      works(await asDeploy(rig, password))
      if (line.includes('tries')) rig.refused(await asDeploy(rig, wrong), 'SUDO_PASSWORD_WRONG', /of deploy/)
      await rig.endFaults()
    }
    await rig.inject(
      `printf 'LANG=ru_RU.UTF-8\\nLC_ALL=ru_RU.UTF-8\\nLANGUAGE=ru\\n' >>/etc/environment; localedef -i ru_RU -f UTF-8 ru_RU.UTF-8 2>/dev/null || true`,
      `sed -i '/ru/d' /etc/environment`,
    )
    works(await asDeploy(rig, password))
    rig.refused(await asDeploy(rig, wrong), 'SUDO_PASSWORD_WRONG', /of deploy/)
  },
  { ...changesNothing, touches: /environment/ },
)

fault(
  'F63',
  'sudo asks for the password of root (rootpw): that works, and another is refused with the reason',
  async (rig) => {
    await rig.inject(
      "cp -p /etc/shadow /root/shadow; echo 'root:password-of-root' | chpasswd",
      'mv /root/shadow /etc/shadow',
    )
    for (const option of ['rootpw', 'targetpw']) {
      await sudoers(rig, `Defaults:deploy ${option}`)
      works(await asDeploy(rig, 'password-of-root'))
      rig.refused(await asDeploy(rig, password), 'SUDO_PASSWORD_WRONG', /asks for that of root, not for that of deploy/)
    }
  },
  { ...changesNothing, touches: /shadow/ },
)

fault(
  'F64',
  'the host locks an account after wrong passwords (pam_tally2): it is not locked by a run with a wrong one',
  async (rig) => {
    await rig.inject(
      `cd /etc/pam.d; cp -p common-auth common-account /root; sed -i '1i auth required pam_tally2.so deny=3' common-auth
sed -i '1i account required pam_tally2.so' common-account; pam_tally2 --user deploy --reset`,
      'mv /root/common-auth /root/common-account /etc/pam.d; rm -f /var/log/tallylog',
    )
    rig.refused(await asDeploy(rig, wrong, 'apply', { 'max-body': 4099 }), 'SUDO_PASSWORD_WRONG', /of deploy/)
    works(await asDeploy(rig, password))
  },
  changesNothing,
)
