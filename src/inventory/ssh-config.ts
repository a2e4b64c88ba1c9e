import { printable } from '../config/mistake.js'
import { expanded, shown, sshHosts } from '../detection/ssh-hosts.js'
import type { Gathering } from './gathering.js'
import { groupName, mistakeIn } from './names.js'

/** Of `~/.ssh/conf.d/10-shop.conf`, `10-shop`. */
const groupOf = (file: string): string =>
  file
    .replace(/^.*\//, '')
    .replace(/\.[A-Za-z0-9]+$/, '')
    .replace(/[^A-Za-z0-9_.-]/g, '-')

/**
 * The names that an ssh_config has for hosts; ssh is asked what they stand for when they are connected to. The hosts of
 * each file that is included are a group that is called as the file.
 */
export const readSshConfig = async (file: string, into: Gathering): Promise<void> => {
  const isUsual = file === expanded('~/.ssh/config')
  const main = printable(shown(file), 255)
  for (const { value: name, where } of await sshHosts(file)) {
    const [, source = '', line = ''] = /^(.*):(\d+)$/s.exec(where) ?? []
    const at = { line: Number(line), column: 1 }
    const host = into.host(name, at)
    const origin = `${source}:${line}:1`
    host.said.push({ path: ['host'], value: name, origin, place: () => at })
    // the names mean something in this file only
    if (!isUsual) host.said.push({ path: ['ssh', 'config-file'], value: file, origin, place: () => at })
    const group = groupOf(source)
    if (source !== main && mistakeIn(groupName, group) === undefined && group !== 'all') {
      host.groups.push(into.group(group, at).name)
    }
  }
}
