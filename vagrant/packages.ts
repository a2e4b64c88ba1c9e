import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { execa, ExecaError } from 'execa'
import { say, secondsSince, withLock } from './cache.js'
import { aptInstall, missingOf } from './install.js'

const packages = [
  'vagrant',
  'vagrant-lxc',
  'lxc',
  'lxc-templates',
  'dnsmasq-base',
  'bridge-utils',
  'redir',
  'rsync',
  'uidmap',
  'lxcfs',
  'debootstrap',
  'iptables',
  'iproute2',
  'openssh-client',
  'curl',
  'gpg',
  // Tells build-box.sh which package index this machine uses, for guests in a closed network.
  'python3-pip',
]

const otherWays = `What you can do instead:
  - a machine with VirtualBox or libvirt and Vagrant: cd vagrant && vagrant up
    (the same Vagrantfile, with the box bento/ubuntu-18.04; macOS and Windows too)
  - an Ubuntu 18.04 host of your own: deploy-flask needs nothing but SSH to it
  - Debian 12 as root, in a virtual machine or on a server: run this command there`

/** No throwaway host can be made on this machine. For the command line: one message, exit code 2. */
export class NoGuestsHere extends Error {
  readonly exitCode = 2

  constructor(reason: string, options?: ErrorOptions) {
    super(`cannot make a throwaway Ubuntu host with LXC here: ${reason}\n\n${otherWays}`, options)
    this.name = 'NoGuestsHere'
  }
}

/** Makes this machine able to run guests: says what it installs, does nothing when all is there. */
export async function prepareMachine(): Promise<void> {
  await refuseUnsuitable()
  await withLock('machine', async () => {
    await installMissing()
    await startBridge()
  })
}

/** What no installation can change. */
export async function refuseUnsuitable(): Promise<void> {
  if (process.platform !== 'linux') throw new NoGuestsHere(`LXC needs Linux, this is ${process.platform}`)
  const os = await osRelease()
  if (!/^ID=debian$/m.test(os)) {
    const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(os)?.[1] ?? 'an unknown system'
    throw new NoGuestsHere(`the packages are Debian's, this is ${name}`)
  }
  if (process.getuid?.() !== 0) throw new NoGuestsHere('it needs root, to install packages and to start containers')
  // What every container needs; refused inside an unprivileged container of somebody else's.
  const unshare = await execa('unshare', ['--mount', '--net', '--uts', '--pid', '--fork', 'true'], { reject: false })
  if (unshare.failed) throw new NoGuestsHere(`the kernel does not let us make namespaces (${unshare.stderr.trim()})`)
}

async function osRelease(): Promise<string> {
  return existsSync('/etc/os-release') ? await readFile('/etc/os-release', 'utf8') : ''
}

async function installMissing(): Promise<void> {
  const missing = await missingOf(packages)
  if (missing.length === 0) return
  say(`installing Debian packages that are missing: ${missing.join(' ')}`)
  const start = performance.now()
  try {
    await aptInstall(missing)
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error
    throw new NoGuestsHere(`apt-get failed: ${error.stderr || error.shortMessage}`, { cause: error })
  }
  say(`installed ${missing.length} packages in ${secondsSince(start)}`)
}

/** On a machine with systemd the package's service has started the bridge; otherwise nobody did. */
async function startBridge(): Promise<void> {
  if (await bridgeWorks()) return
  say('starting the bridge lxcbr0 (lxc-net)')
  const lxcNet = '/usr/libexec/lxc/lxc-net'
  // /run may not be a tmpfs where no init system runs: after a reboot it still says "running".
  await execa(lxcNet, ['stop'], { reject: false })
  const started = await execa(lxcNet, ['start'], { reject: false, all: true })
  if (!(await bridgeWorks())) throw new NoGuestsHere(`lxc-net did not bring up lxcbr0: ${started.all || 'no message'}`)
}

async function bridgeWorks(): Promise<boolean> {
  if (!existsSync('/sys/class/net/lxcbr0')) return false
  const pidFile = '/run/lxc/dnsmasq.pid'
  if (!existsSync(pidFile)) return false
  const dnsmasq = (await readFile(pidFile, 'utf8')).trim()
  return existsSync(`/proc/${dnsmasq}`)
}
