import { askProbes } from '../engine/ask.js'
import { backupsOf } from '../probes/backups.js'
import { mustBeApprovable } from './approvable.js'
import { stampOf } from './backup.js'
import { chooseBackup, mustHaveDatabases } from './backup-choice.js'
import { bringThere } from './bring.js'
import { connected } from './connected.js'
import { lookAt } from './look.js'
import { siteOnHost } from './on-site.js'
import type { RestoreOptions } from './options.js'
import type { Session } from './session.js'
import { warn } from './settings.js'

/** The databases of a site as they were when a backup was made; by the same plan and gate as everything else. */
export const restore = async (session: Session, wanted: string, options: RestoreOptions): Promise<number> => {
  mustBeApprovable(session, options, false)
  return connected(session, options, async ({ transport, site, file, loaded }) => {
    const { emit, io } = session
    emit({ type: 'run.start', host: transport.target, site })
    const { manifest } = await siteOnHost(transport, site)
    mustHaveDatabases(manifest)
    const probes = { backups: backupsOf(site) }
    const { backups } = (await askProbes(transport, [probes])).of(probes)
    const { name, at, databases } = chooseBackup(site, backups, wanted)
    warn(session, [`what was written to ${databases.map(({ path }) => path).join(', ')} since ${at} goes`])
    const playbook = await import('../../playbooks/restore.js')
    const phases = playbook.restore.phases({
      manifest,
      backup: name,
      stamp: stampOf(io.now()),
      keepBackups: loaded.flags['keep-backups'],
    })
    const { serverName, port, tls } = manifest
    const aim = {
      site: { name: site, serverName, port, ...(tls === undefined ? {} : { tls }) },
      phases,
      file,
      origin: undefined,
    }
    return bringThere(session, options, await lookAt(session, aim, transport), { verb: `restore ${name}` })
  })
}
