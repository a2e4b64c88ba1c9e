import { existsSync } from 'node:fs'
import { writeFile, rm } from 'node:fs/promises'
import { execa } from 'execa'
import { say, secondsSince, withLock } from './cache.js'

/** A Debian package and a file of it, by which one sees that it is there. */
export type Programs = Readonly<Record<string, string>>

/** Installs what is missing, after saying so and what for. Needs root, as the rest of what needs these programs. */
export async function installPrograms(programs: Programs, purpose: string): Promise<void> {
  const missing = Object.keys(programs).filter((name) => !existsSync(programs[name] ?? ''))
  if (missing.length === 0) return
  await withLock('machine', async () => {
    say(`installing Debian packages that are missing: ${missing.join(' ')} (${purpose})`)
    const start = performance.now()
    await withoutServices(async () => {
      const options = { env: { DEBIAN_FRONTEND: 'noninteractive' } }
      await execa('apt-get', ['-qq', 'update'], options)
      await execa('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', ...missing], options)
    })
    say(`installed ${missing.length} packages in ${secondsSince(start)}`)
  })
}

/** Only the programs are wanted: an sshd of this machine that nobody asked for must not start. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return await work()
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await work()
  } finally {
    await rm(policy)
  }
}
