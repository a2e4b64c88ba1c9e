import type { Judged } from './judged.js'
import { dotted, type Path } from './mistake.js'
import type { Broken } from './rule.js'
import type { DaemonFields } from './schema-daemon.js'
import { defaultProcessGroup } from './site-process-groups.js'

type Daemon = readonly [path: Path, name: string, fields: Partial<DaemonFields>]

const owners = ['script-user', 'script-group'] as const

/** mod_wsgi answers 403 where a script belongs to somebody else, and what we write belongs to root. */
const ownerFaults = ([path, name, fields]: Daemon, { applications }: Judged): readonly Broken[] => {
  const ours = applications.find(({ script, processGroup }) => script.kind === 'generated' && processGroup === name)
  if (fields['script-user'] !== undefined && fields['script-group'] !== undefined) {
    return [{ path: [...path, 'script-group'], message: 'stands beside script-user, and mod_wsgi takes one of them' }]
  }
  if (ours === undefined) return []
  return owners.flatMap((key) =>
    fields[key] === undefined || fields[key] === 'root'
      ? []
      : [{ path: [...path, key], message: `must be root, because the script of ${dotted(ours.path)} belongs to root` }],
  )
}

/** The WSGIDaemonProcess lines of the site. */
export const daemonRules = (judged: Judged): readonly Broken[] => {
  const { flags } = judged
  const name = defaultProcessGroup(flags)
  const daemons: readonly Daemon[] = [
    [['daemon'], name, flags.daemon],
    ...Object.entries(flags['process-groups']).map(([key, fields]): Daemon => [['process-groups', key], key, fields]),
  ]
  return [
    ...(Object.hasOwn(flags['process-groups'], name)
      ? [{ path: ['process-groups', name], message: 'is the name of the process group in daemon: choose another' }]
      : []),
    ...daemons.flatMap((daemon) => ownerFaults(daemon, judged)),
  ]
}
