import { createServer, type Socket } from 'node:net'
import { expect } from 'vitest'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

const sshd = '/etc/ssh/sshd_config'

/** Other lines of sshd_config, until the case is over. */
const withSshd = (rig: Rig, edit: string): Promise<void> =>
  rig.inject(
    `cp -p ${sshd} /root/sshd_config; ${edit}; systemctl reload ssh; sleep 0.3`,
    `mv /root/sshd_config ${sshd}; systemctl reload ssh`,
  )

const withShell = (rig: Rig, shell: string): Promise<void> =>
  rig.inject(`usermod -s ${shell} vagrant`, 'usermod -s /bin/bash vagrant')

const works = async (rig: Rig): Promise<void> => {
  const applied = await rig.apply(rig.change())
  expect(applied.exitCode, applied.stderr).toBe(0)
}

fault('F57', 'sshd has no SFTP', async (rig) => {
  await withSshd(rig, `sed -i '/^Subsystem/d' ${sshd}`)
  await works(rig)
})

fault('F57', '.bashrc and .profile of the account print something, to stdout and to stderr', async (rig) => {
  const home = '/home/vagrant'
  await rig.inject(
    `cd ${home}; cp -p .bashrc /root/bashrc; sed -i '1i echo "welcome to this host"; echo oops >&2' .bashrc; cp .bashrc .bash_profile`,
    `mv /root/bashrc ${home}/.bashrc; rm ${home}/.bash_profile`,
  )
  await works(rig)
})

fault('F57', 'the login shell of the account is fish', async (rig) => {
  await withShell(rig, '/usr/bin/fish')
  await works(rig)
})

fault('F57', 'sshd allows one session on a connection (MaxSessions 1)', async (rig) => {
  await withSshd(rig, `sed -i '1i MaxSessions 1' ${sshd}`)
  rig.refused(await rig.apply(rig.change()), 'SESSIONS_TOO_FEW', /MaxSessions/)
})

fault('F57', 'sshd runs another program than the one that is asked for (ForceCommand)', async (rig) => {
  await withSshd(rig, `printf 'Match User vagrant\\n  ForceCommand /bin/echo no\\n' >>${sshd}`)
  rig.refused(await rig.apply(rig.change()), 'SHELL_MISSING', /ForceCommand/)
})

fault('F57', 'the account has no login shell (nologin)', async (rig) => {
  await withShell(rig, '/usr/sbin/nologin')
  rig.refused(await rig.apply(rig.change()), 'SHELL_MISSING', /nologin/)
})

fault('F57', 'the password of the account has expired', async (rig) => {
  // not to today: the account may have been made yesterday
  await rig.inject(
    'cp -p /etc/shadow /root/shadow; chage -d 0 vagrant',
    'cat /root/shadow >/etc/shadow; rm /root/shadow',
  )
  const result = await rig.apply(rig.change())
  expect(result.exitCode, result.stderr).toBe(4)
  expect(result.stderr).toMatch(/expired/)
})

fault('F57', 'nobody may log in for now (/run/nologin)', async (rig) => {
  await rig.inject('echo "closed for repairs" >/run/nologin', 'rm /run/nologin')
  const result = await rig.apply(rig.change())
  expect(result.exitCode, result.stderr).toBe(4)
})

/** A server of this computer that is no sshd, and what it says to whoever connects. */
const withServer = async (rig: Rig, talk: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    talk(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  rig.finally(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const dead = [
  ['a port where nobody listens', undefined, 'CONNECT_REFUSED'],
  [
    'a port where a web server answers',
    (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    'NO_SSH_SERVER',
  ],
  ['a port where nobody says anything', () => undefined, 'CONNECT_TIMEOUT'],
  [
    'a port that says hello for ever',
    (socket: Socket) => void setInterval(() => socket.write('hello\r\n'), 50).unref(),
    'CONNECT_TIMEOUT',
  ],
] as const

for (const [what, talk, code] of dead) {
  fault('F55', what, async (rig) => {
    const port = talk === undefined ? 9 : await withServer(rig, talk)
    const flags = { ...rig.change(), host: 'vagrant@127.0.0.1', ssh: { port } }
    rig.refused(await rig.run('apply', '-f', await rig.file(flags), '--yes'), code, /127\.0\.0\.1/)
    rig.flags = rig.change()
  })
}

fault('F55', 'a name that no DNS knows', async (rig) => {
  const flags = { ...rig.change(), host: 'nowhere.invalid' }
  rig.refused(await rig.run('apply', '-f', await rig.file(flags), '--yes'), 'HOST_NAME_UNKNOWN', /nowhere\.invalid/)
  rig.flags = rig.change()
})
