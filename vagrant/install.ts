import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { execa } from 'execa'
import { say, secondsSince, withLock } from './cache.js'

/** Installs the Debian packages that are missing, after saying so and what for. Needs root. */
export async function installPackages(packages: readonly string[], purpose: string): Promise<void> {
  await withLock('machine', async () => {
    const missing = await missingOf(packages)
    if (missing.length === 0) return
    say(`installing Debian packages that are missing: ${missing.join(' ')} (${purpose})`)
    const start = performance.now()
    await withoutServices(() => aptInstall(missing))
    say(`installed ${missing.length} packages in ${secondsSince(start)}`)
  })
}

/** dpkg must not ask about a changed configuration file, which DEBIAN_FRONTEND does not keep it from. */
export async function aptInstall(packages: readonly string[]): Promise<void> {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, stdin: 'ignore' } as const
  const keepOld = ['--force-confdef', '--force-confold'].flatMap((option) => ['-o', `Dpkg::Options::=${option}`])
  await execa('apt-get', ['-qq', 'update'], options)
  await execa('apt-get', ['-qq', '-y', '--no-install-recommends', ...keepOld, 'install', ...packages], options)
}

export async function missingOf(packages: readonly string[]): Promise<string[]> {
  // Exit code 1 says that some are unknown to dpkg, which is the question.
  const format = '${Package} ${db:Status-Status}\\n'
  const { stdout } = await execa('dpkg-query', ['-W', '-f', format, ...packages], { reject: false })
  const lines = new Set(stdout.split('\n'))
  return packages.filter((name) => !lines.has(`${name} installed`))
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
