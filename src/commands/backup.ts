import { z } from 'zod'
import { askProbes } from '../engine/ask.js'
import { failureOf } from '../engine/command-failure.js'
import type { HeldHost } from '../engine/held-host.js'
import { backupsFolder } from '../core/host-paths.js'
import { safeJson, visible } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import { backupsOf } from '../probes/backups.js'
import { list, readAs, text } from '../probes/facts.js'
import type { SiteManifest } from '../probes/manifest.js'
import { backupsText } from '../render/backups-text.js'
import { megabytes } from '../render/words.js'
import { backUp, backupFailed } from '../steps/site/databases.js'
import { audited } from './audited.js'
import { mustHaveDatabases } from './backup-choice.js'
import { connected, type Connected } from './connected.js'
import { lockRequest, ourselves } from './holding.js'
import { siteOnHost } from './on-site.js'
import type { BackupAction, BackupOptions } from './options.js'
import type { Session } from './session.js'
import { usage } from './usage.js'

const made = z.object({
  name: text.nullable(),
  databases: list(z.object({ path: text, bytes: z.number() })),
  missing: list(text),
  removed: list(text),
})

/** `20261124T201300Z` */
export const stampOf = (time: Date): string => time.toISOString().replace(/[-:]|\.\d+/g, '')

/** Makes a backup of the databases of a site, lists those that there are, or fetches one of them. */
export const backup = async (
  session: Session,
  action: BackupAction,
  name: string | undefined,
  options: BackupOptions,
): Promise<number> => {
  if (name !== undefined && action !== 'fetch') throw usage(`backup ${action} takes no name`, 'leave it out')
  return connected(session, options, async (at) => {
    const { manifest } = await siteOnHost(at.transport, at.site)
    if (action === 'list') return listed(session, at, options)
    if (action === 'create') return kept(session, at, manifest, options)
    const { fetchBackup } = await import('./backup-fetch.js')
    return fetchBackup(session, at.transport, manifest, name, options)
  })
}

const listed = async (
  { io, colours }: Session,
  { transport, site }: Connected,
  options: BackupOptions,
): Promise<number> => {
  const probes = { backups: backupsOf(site) }
  const { backups } = (await askProbes(transport, [probes])).of(probes)
  io.stdout.write(options.json === true ? `${safeJson(backups, 2)}\n` : backupsText(backups, colours.result))
  return 0
}

const kept = async (
  session: Session,
  { transport, site, loaded }: Connected,
  manifest: SiteManifest,
  options: BackupOptions,
): Promise<number> => {
  const { io, services, emit, interrupts } = session
  mustHaveDatabases(manifest)
  const holder = ourselves(session, 'backup', site)
  const host = await services.hold(transport, lockRequest(session, holder, options.lockWait ?? 0), emit)
  return audited(session, host, async (heard) => {
    const answer = await interrupts.whileApplying(async () =>
      copied(host, manifest, loaded.flags['keep-backups'], io.now()),
    )
    if (answer.name === null) throw noneThere(answer.missing)
    heard.take({
      type: 'step.change',
      step: 'site.backup',
      change: { kind: 'create', subject: `backup ${answer.name}`, run: [] },
    })
    const path = `${backupsFolder(site)}/${answer.name}`
    const said = answer.databases.map((one) => `  ${visible(one.path)}, ${megabytes(one.bytes)}\n`).join('')
    io.stdout.write(options.json === true ? `${safeJson({ ...answer, path }, 2)}\n` : `${visible(path)}\n${said}`)
    return 0
  })
}

const copied = async (
  host: HeldHost,
  manifest: SiteManifest,
  keep: number,
  now: Date,
): Promise<z.output<typeof made>> => {
  const { site, sqlite, user, group } = manifest
  const wanted = { name: `${stampOf(now)}-by-hand`, reason: 'asked for', keep }
  const command = backUp({ site, files: sqlite, user, group }, wanted)
  const answer = await host.change(command)
  if (answer.exitCode !== 0) throw failureOf(command, answer, backupFailed)
  return readAs('backup', made, answer.stdout)
}

const noneThere = (missing: readonly string[]): DeployError =>
  new DeployError('DATABASE_MISSING', {
    what: 'none of the SQLite files of the site is there yet',
    evidence: missing.join('\n'),
    remedy: 'look whether "sqlite" names the files that the application writes; nothing was changed',
  })
