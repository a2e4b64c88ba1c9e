import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

const containersFolder = '/var/lib/lxc'

/** Every container that we make starts with this, and nothing else is ever stopped or removed. */
const prefix = 'deploy-flask-'

export interface RunResult {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

export function containerFolder(container: string): string {
  if (!container.startsWith(prefix)) throw new Error(`not a container of deploy-flask: ${container}`)
  return join(containersFolder, container)
}

export function rootfsOf(container: string): string {
  return join(containerFolder(container), 'rootfs')
}

export async function listContainers(): Promise<string[]> {
  if (!existsSync(containersFolder)) return []
  return (await readdir(containersFolder)).filter((name) => name.startsWith(prefix))
}

/**
 * A copy of a root file system as a container of its own. Copied, not overlaid: 0.2 s against 0.02 s, but the guest
 * then has the file system of a real host (overlayfs renames, hard links and device numbers differ).
 */
export async function copyContainer(source: string, target: string): Promise<void> {
  await mkdir(containerFolder(target), { recursive: true })
  await execa('cp', ['-a', '--reflink=auto', rootfsOf(source), rootfsOf(target)])
}

export async function writeConfig(container: string, name: string, mac: string): Promise<void> {
  const lines = [
    'lxc.include = /usr/share/lxc/config/common.conf',
    // With sys:rw systemd-networkd waits for udev for ever, and no address comes.
    'lxc.mount.auto = proc:mixed sys:ro cgroup:rw:force',
    'lxc.apparmor.profile = unconfined',
    `lxc.rootfs.path = dir:${rootfsOf(container)}`,
    `lxc.uts.name = ${name}`,
    'lxc.net.0.type = veth',
    'lxc.net.0.link = lxcbr0',
    'lxc.net.0.flags = up',
    `lxc.net.0.hwaddr = ${mac}`,
  ]
  await writeFile(join(containerFolder(container), 'config'), lines.join('\n') + '\n')
}

export async function startContainer(container: string): Promise<void> {
  const log = join(containerFolder(container), 'start.log')
  await execa('lxc-start', ['-n', container, '-d', '-o', log, '-l', 'NOTICE'])
}

export async function isRunning(container: string): Promise<boolean> {
  const { stdout } = await execa('lxc-info', ['-n', container, '-sH'], { reject: false })
  return stdout.trim() === 'RUNNING'
}

/** Bash as root inside, not over the network, with the environment of a login on a fresh Ubuntu and nothing of ours. */
export async function attach(container: string, script: string, stdin = ''): Promise<RunResult> {
  const environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    USER: 'root',
    LC_ALL: 'C.UTF-8',
  }
  const variables = Object.entries(environment).flatMap(([name, value]) => ['--set-var', `${name}=${value}`])
  const command = ['-n', container, '--clear-env', ...variables, '--', 'bash', '-c', `cd /root; ${script}`]
  const result = await execa('lxc-attach', command, { input: stdin, reject: false, stripFinalNewline: false })
  if (result.exitCode === undefined) throw new Error(`lxc-attach ${container}: ${result.message ?? 'no exit code'}`)
  return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode }
}

/** In order, so that a template is left as after a shutdown. */
export async function shutDown(container: string): Promise<void> {
  await execa('lxc-stop', ['-n', container, '-t', '20'])
}

export async function killContainer(container: string): Promise<void> {
  await execa('lxc-stop', ['-n', container, '-k'])
}

export async function removeContainer(container: string): Promise<void> {
  const folder = containerFolder(container)
  if (await isRunning(container)) await killContainer(container)
  const removed = await execa('rm', ['-rf', '--one-file-system', folder], { reject: false })
  if (!removed.failed) return
  // A test may have made files immutable.
  await execa('chattr', ['-R', '-f', '-i', '-a', folder], { reject: false })
  await execa('rm', ['-rf', '--one-file-system', folder])
}
