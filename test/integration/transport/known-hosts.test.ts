import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseSshConfig } from '../../../src/transport/ssh-config.js'
import { checkHostKey, expectedKey, offeredAlgorithms } from '../../../src/transport/ssh-host-key.js'
import type { SshHost } from '../../../src/transport/ssh-host.js'
import { knownHostsCases, type KnownHostsCase } from '../../helpers/known-hosts-files.js'
import { sh, startSshd, type Sshd } from '../../helpers/sshd.js'

let sshd: Sshd
let folder: string

beforeAll(async () => {
  sshd = await startSshd(['MaxStartups 100'])
  folder = await mkdtemp(join(tmpdir(), 'verdicts-'))
})
afterAll(async () => {
  await sshd.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Leads to the sshd whatever the host is called. */
const bridge = (): string => {
  const script = [
    `socket($s,PF_INET,SOCK_STREAM,0);connect($s,sockaddr_in(${sshd.port},inet_aton("127.0.0.1")))or die;`,
    'if(!fork){while(sysread STDIN,$b,65536){syswrite $s,$b}shutdown $s,1;exit}',
    'while(sysread $s,$b,65536){syswrite STDOUT,$b}',
  ]
  return `perl -MSocket -e '${script.join('')}'`
}

const typed = ({ name, port }: KnownHostsCase): readonly string[] => ['-p', String(port), '--', name]

/** What ssh says of the host key; no login is tried that could succeed. */
const askSsh = async (one: KnownHostsCase, files: readonly string[]): Promise<'accepted' | 'refused'> =>
  new Promise((resolve, reject) => {
    const settings = {
      BatchMode: 'yes',
      StrictHostKeyChecking: 'yes',
      UserKnownHostsFile: files.join(' '),
      GlobalKnownHostsFile: '/dev/null',
      CheckHostIP: 'no',
      UpdateHostKeys: 'no',
      PreferredAuthentications: 'none',
      IdentityFile: 'none',
      KexAlgorithms: 'curve25519-sha256',
      ProxyCommand: bridge(),
    }
    const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
    execFile('ssh', ['-F', '/dev/null', ...options, '-l', 'nobody', ...typed(one)], (_error, _stdout, stderr) => {
      if (/Permission denied \(/.test(stderr)) resolve('accepted')
      else if (stderr.includes('Host key verification failed')) resolve('refused')
      else reject(new Error(stderr))
    })
  })

/** Our verdict on the key that the host shows for what we offer. */
const askOurs = async ({ name, port }: KnownHostsCase, files: readonly string[]): Promise<string> => {
  const config = parseSshConfig(
    `hostname ${name}\nuser nobody\nport ${port}\nuserknownhostsfile ${files.join(' ')}\nglobalknownhostsfile /dev/null\n`,
  )
  const host: SshHost = { address: { host: name }, sshConfigFile: undefined, config, target: name, where: name }
  const expected = await expectedKey(host)
  const offered = offeredAlgorithms(expected).find((type) => /ssh-ed25519|ecdsa-sha2-nistp256/.test(type))
  const key = Object.values(sshd.hostKeys).find((one) => one.startsWith(`${offered} `))
  const failure = await checkHostKey(expected, Buffer.from(key?.split(' ')[1] ?? '', 'base64'), name, {
    acceptNew: false,
  })
  return failure === undefined ? 'accepted' : failure.code
}

const freshKey = (type: string, name: string): string =>
  sh(`ssh-keygen -q -t ${type} -N '' -f ${folder}/${name}; cut -d' ' -f1,2 ${folder}/${name}.pub`).trim()

test('240 generated files of known hosts are judged as ssh judges them', async () => {
  const right = [sshd.hostKeys.ed25519, sshd.hostKeys.ecdsa] as const
  const wrong = [freshKey('ed25519', 'a'), freshKey('ecdsa', 'b'), freshKey('rsa', 'c')] as const
  const cases = knownHostsCases(20_261_130, 240, { right, wrong })
  const verdicts: { readonly ssh: string; readonly ours: string; readonly one: KnownHostsCase }[] = []
  const waiting = [...cases.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, one] = next
      await mkdir(join(folder, String(index)))
      const files = one.texts.map((_, file) => join(folder, String(index), `known${file}`))
      await Promise.all(files.map((file, at) => writeFile(file, one.texts[at] ?? '')))
      const [ssh, ours] = await Promise.all([askSsh(one, files), askOurs(one, files)])
      verdicts.push({ ssh, ours, one })
    }
  }
  await Promise.all([1, 2, 3, 4, 5, 6].map(work))
  const differing = verdicts.filter(({ ssh, ours }) => (ssh === 'accepted') !== (ours === 'accepted'))
  expect(differing).toEqual([])
  // Neither verdict is a rare one.
  const accepted = verdicts.filter(({ ssh }) => ssh === 'accepted').length
  expect(accepted).toBeGreaterThan(40)
  expect(verdicts.length - accepted).toBeGreaterThan(40)
})
