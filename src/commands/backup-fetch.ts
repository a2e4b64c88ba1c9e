import { createHash } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from '../core/command.js'
import { backupsFolder } from '../core/host-paths.js'
import { safeJson, visible } from '../core/sanitise.js'
import { failureOf } from '../engine/command-failure.js'
import { askProbes } from '../engine/ask.js'
import { DeployError } from '../errors.js'
import { backupsOf, type Backup } from '../probes/backups.js'
import type { SiteManifest } from '../probes/manifest.js'
import { megabytes } from '../render/words.js'
import type { Transport } from '../transport/transport.js'
import { chooseBackup } from './backup-choice.js'
import type { BackupOptions } from './options.js'
import type { Session } from './session.js'
import { usage } from './usage.js'

type Database = Backup['databases'][number]

const anHour = 60 * 60

/** Brings a backup to this computer, which the disk of the host cannot take along. Without a name: the last one. */
export const fetchBackup = async (
  { io, interrupts }: Session,
  transport: Transport,
  { site }: SiteManifest,
  wanted: string | undefined,
  options: BackupOptions,
): Promise<number> => {
  const probes = { backups: backupsOf(site) }
  const { backups } = (await askProbes(transport, [probes])).of(probes)
  const backup = chooseBackup(site, backups, wanted ?? backups.at(-1)?.name ?? '')
  const folder = resolve(io.cwd, options.to ?? '.', `${site}-${backup.name}`)
  const files = await interrupts.whileWatching(async () => allOf(transport, { site, backup, folder }))
  const said = files.map(({ path, bytes }) => `  ${visible(path)}, ${megabytes(bytes)}\n`).join('')
  io.stdout.write(
    options.json === true ? `${safeJson({ name: backup.name, folder, files }, 2)}\n` : `${visible(folder)}\n${said}`,
  )
  return 0
}

interface Wanted {
  readonly site: string
  readonly backup: Backup
  readonly folder: string
}

/** In a folder of its own, which gets its name when all of it is there. */
const allOf = async (transport: Transport, { site, backup, folder }: Wanted): Promise<readonly Database[]> => {
  const part = `${folder}.part`
  await made(folder, part)
  try {
    const files: Database[] = []
    for (const [index, database] of backup.databases.entries()) {
      const name = localName(backup.databases, index)
      await fetched(
        transport,
        { ...database, path: `${backupsFolder(site)}/${backup.name}/${database.file}` },
        join(part, name),
      )
      files.push({ ...database, path: join(folder, name) })
    }
    await rename(part, folder)
    return files
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
}

const made = async (folder: string, part: string): Promise<void> => {
  try {
    if (existsSync(folder)) throw new Error('it is there already')
    await rm(part, { recursive: true, force: true })
    await mkdir(part, { mode: 0o700 })
  } catch (error) {
    throw cannotWrite(folder, error)
  }
}

/** That of the database on the host, unless two are called so; what the host says of a name is no path here. */
const localName = (all: readonly Database[], index: number): string => {
  const nameOf = ({ path }: Database): string => path.slice(path.lastIndexOf('/') + 1)
  const name = nameOf(all[index] ?? { path: '', file: '', bytes: 0, sha256: '' })
  const isPlain = /^[\w-][\w.-]{0,100}$/.test(name) && all.filter((one) => nameOf(one) === name).length === 1
  return isPlain ? name : `${index}.db`
}

const reading = (path: string): Command => ({
  argv: ['base64', '--wrap=0', '--', path],
  as: 'root',
  seconds: anHour,
  endless: true,
  label: `read ${path}`,
})

/** The bytes travel as text, in whole groups of four. */
const fetched = async (transport: Transport, { path, sha256, bytes }: Database, to: string): Promise<void> => {
  const hash = createHash('sha256')
  const file = openSync(to, 'wx', 0o600)
  let problem: unknown
  let rest = ''
  const take = (text: string): void => {
    if (problem !== undefined) return
    const all = rest + text
    const whole = all.length - (all.length % 4)
    rest = all.slice(whole)
    const data = Buffer.from(all.slice(0, whole), 'base64')
    hash.update(data)
    try {
      // at once: what comes faster than the disk takes it would be kept in memory
      for (let at = 0; at < data.length;) at += writeSync(file, data, at)
    } catch (error) {
      problem = error
    }
  }
  try {
    const command = reading(path)
    const answer = await transport.run(command, {
      onOutput: (text, stream) => (stream === 'stdout' ? take(text) : undefined),
    })
    if (answer.exitCode !== 0) throw failureOf(command, answer)
    if (problem !== undefined) throw cannotWrite(to, problem)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  if (hash.digest('hex') !== sha256) throw damaged(path, bytes)
}

const cannotWrite = (path: string, problem: unknown): DeployError =>
  usage(
    `${path} cannot be written: ${problem instanceof Error ? problem.message : String(problem)}`,
    'make room here, or name another place with --to FOLDER',
  )

const damaged = (path: string, bytes: number): DeployError =>
  new DeployError('BACKUP_FAILED', {
    what: `${visible(path)} is not what was kept`,
    evidence: `of ${bytes} bytes, something else has arrived than its SHA-256 says`,
    remedy: 'fetch another backup; look at the disk of the host',
  })
