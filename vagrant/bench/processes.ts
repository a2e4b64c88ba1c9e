import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { Guest } from '../guest.js'
import { installPackages } from '../install.js'

/** What a session made on the host. */
export interface Processes {
  readonly forked: number
  /** Paths of the programs that were started: execve that worked. */
  readonly programs: readonly string[]
}

/**
 * Counts while `session` runs, by strace from outside the guest: attached to the guest's sshd it follows everything
 * that comes of a login, and nothing else of the guest. A counter of the guest's process ids would count its timers
 * and Apache too, and its own reading. Threads are not processes.
 */
export async function countProcesses(
  guest: Guest,
  folder: string,
  session: () => Promise<unknown>,
): Promise<Processes> {
  await installPackages(['strace'], 'it counts processes on the guest')
  const log = join(folder, 'strace')
  const calls = 'trace=clone,clone3,fork,vfork,execve,execveat'
  const tracer = execa('strace', ['-f', '-o', log, '-e', calls, '-p', String(await sshdOf(guest))], { reject: false })
  await new Promise<void>((resolve, reject) => {
    tracer.stderr.on('data', (text: Buffer) => (text.includes('attached') ? resolve() : undefined))
    void tracer.then(({ stderr }) => reject(new Error(`strace ended: ${stderr}`)))
  })
  try {
    await session()
    // The shells on the host end after the connection.
    await sleep(500)
  } finally {
    tracer.kill('SIGINT')
    await tracer
  }
  return parseTrace(await readFile(log, 'utf8'))
}

export function parseTrace(text: string): Processes {
  const unfinished = new Map<string, string>()
  let forked = 0
  const programs: string[] = []
  for (const line of text.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    if (rest.endsWith('<unfinished ...>')) {
      unfinished.set(pid, rest)
      continue
    }
    const call = rest.startsWith('<... ') ? `${unfinished.get(pid) ?? ''}${rest}` : rest
    const [, program] = /^exec\w*\((?:AT_FDCWD, )?"([^"]*)".* = 0$/.exec(call) ?? []
    if (program !== undefined) programs.push(program)
    if (/^(clone3?|v?fork)\(.* = \d+$/.test(call) && !call.includes('CLONE_THREAD')) forked++
  }
  return { forked, programs }
}

/** The guest's sshd as a process of this machine: a child of the guest's init. */
async function sshdOf(guest: Guest): Promise<number> {
  const { stdout } = await execa('lxc-info', ['-n', basename(dirname(guest.rootfs)), '-pH'])
  const init = stdout.trim()
  for (const thread of await readdir(`/proc/${init}/task`)) {
    const children = await readFile(`/proc/${init}/task/${thread}/children`, 'utf8')
    for (const child of children.trim().split(' ')) {
      if ((await readFile(`/proc/${child}/comm`, 'utf8')).trim() === 'sshd') return Number(child)
    }
  }
  throw new Error(`no sshd is running in ${guest.name}`)
}
