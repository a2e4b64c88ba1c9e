import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGuest, listGuests, type Guest } from '../../vagrant/guest.js'

let first: Guest
let second: Guest

beforeAll(async () => {
  ;[first, second] = await Promise.all([createGuest('pristine', 'accept-first'), createGuest('php', 'accept-second')])
}, 600_000)

afterAll(async () => {
  await Promise.all([first.destroy(), second.destroy()])
  expect(await listGuests()).not.toContain('accept-first')
})

async function ssh(guest: Guest, target: string, command: string) {
  return await execa('ssh', ['-F', guest.sshConfigFile, target, command], { reject: false })
}

test('two guests made at once are two machines', async () => {
  const identity = 'hostname; cat /etc/machine-id; cat /sys/class/net/eth0/address; cat /etc/ssh/ssh_host_*_key.pub'
  const answers = await Promise.all([first.run(identity), second.run(identity)])
  const [one, two] = answers.map((answer) => answer.stdout.trim().split('\n'))
  expect(one?.[0]).toBe('accept-first')
  expect(one).toHaveLength(two?.length ?? 0)
  expect(one?.filter((line) => two?.includes(line))).toEqual([])
  expect(first.host).not.toBe(second.host)
})

test('one logs in as vagrant, root and deploy, and the host key is the one that was on the disk', async () => {
  expect((await ssh(first, first.name, 'id -un; sudo -n id -un')).stdout).toBe('vagrant\nroot')
  expect((await ssh(first, `root@${first.name}`, 'id -un')).stdout).toBe('root')
  expect((await ssh(first, `deploy@${first.name}`, 'sudo -n true')).stderr).toContain('a password is required')
  const sudo = 'echo deploy-password | sudo -S -p "" id -un'
  expect((await ssh(first, `deploy@${first.name}`, sudo)).stdout).toBe('root')
})

test('ssh -G reads the ssh_config', async () => {
  const { stdout } = await execa('ssh', ['-G', '-F', first.sshConfigFile, first.name])
  expect(stdout).toContain(`hostname ${first.host}\n`)
  expect(stdout).toContain(`identityfile ${first.keyFile}\n`)
})

test('run passes stdin and hands back stdout, stderr and the exit code; nothing of our environment is inside', async () => {
  const script = 'cat; echo oops >&2; echo ${XDG_CACHE_HOME-none} ${PIP_CERT-none}; exit 3'
  const result = await first.run(script, { stdin: 'grüße\n' })
  expect(result).toEqual({ stdout: 'grüße\nnone none\n', stderr: 'oops\n', exitCode: 3 })
})

test('the file system inside is the folder outside', async () => {
  await first.run('echo seen > /root/note')
  expect(await readFile(join(first.rootfs, 'root/note'), 'utf8')).toBe('seen\n')
})

test('the pristine host is a booted Ubuntu 18.04 without Apache', async () => {
  const { stdout } = await first.run(
    'systemctl is-system-running; . /etc/os-release; echo $VERSION_ID; ls /etc/apache2',
  )
  expect(stdout).toBe('running\n18.04\n')
})

test('the PHP host serves its page under prefork beside the default site', async () => {
  const answer = await execa('curl', ['-sS', '--max-time', '10', '-H', 'Host: php.test', `http://${second.host}/`])
  expect(answer.stdout).toMatch(/^This is the PHP site, served by PHP 7\.2\./)
  const { stdout } = await second.run('apachectl -V | grep MPM; ls /etc/apache2/sites-enabled')
  expect(stdout).toBe('Server MPM:     prefork\n000-default.conf\nphp.conf\n')
})

test('a second guest of the same name is refused while the first is in use', async () => {
  await expect(createGuest('pristine', 'accept-first')).rejects.toThrow('there is a guest "accept-first" already')
})

test('apt and pip work inside', async () => {
  const script = `set -e
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y install python3-venv > /dev/null
python3 -m venv /root/venv
/root/venv/bin/pip install -q itsdangerous==2.0.1
/root/venv/bin/python -c 'import itsdangerous; print(itsdangerous.__version__)'`
  const result = await first.run(script)
  expect(result.stdout, result.stderr).toContain('2.0.1')
}, 120_000)
