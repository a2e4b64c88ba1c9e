import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Guest } from '../guest.js'

const groups = '/sys/fs/cgroup'

/**
 * Seconds that the processors have worked for a guest since it was started, as the kernel of this machine counts them:
 * whoever asked the guest would be counted, too.
 */
export async function cpuOf(guest: Guest): Promise<number> {
  const group = `lxc.payload.${basename(dirname(guest.rootfs))}`
  const ofVersion1 = join(groups, 'cpuacct', group, 'cpuacct.usage')
  if (existsSync(ofVersion1)) return Number(await readFile(ofVersion1, 'utf8')) / 1e9
  return microsecondsOf(await readFile(join(groups, group, 'cpu.stat'), 'utf8')) / 1e6
}

/** Of a cpu.stat of cgroup version 2. */
export function microsecondsOf(text: string): number {
  const [, used] = /^usage_usec (\d+)$/m.exec(text) ?? []
  if (used === undefined) throw new Error(`a cpu.stat without usage_usec:\n${text}`)
  return Number(used)
}
