import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { cacheFolder, recipeKey, say, secondsSince, vagrantFolder, withLock } from '../cache.js'
import { installPackages } from '../install.js'

/** The tools of others, in a virtual environment of the cache. */
export interface Peers {
  readonly bin: string
  readonly sitePackages: string
  /** Of a package that peers.txt names. */
  versionOf(name: string): string
}

const listing = z.array(z.object({ name: z.string(), version: z.string() }))

/** Installs them when they are missing, which takes half a minute; another list makes another environment. */
export async function providePeers(): Promise<Peers> {
  // rsync, tar and gzip are there already; Debian's python3 alone makes no environments.
  await installPackages(['python3-venv', 'openssh-client'], 'the tools that are measured beside this one need them')
  const key = await recipeKey(['bench/peers.txt'], [])
  const folder = join(cacheFolder, `bench-peers-${key}`)
  await withLock('bench-peers', async () => {
    if (!existsSync(join(folder, 'complete'))) await install(folder)
  })
  return await describe(folder)
}

async function install(folder: string): Promise<void> {
  say('installing the tools that are measured beside this one (once; vagrant/bench/peers.txt)')
  const start = performance.now()
  await rm(folder, { recursive: true, force: true })
  await execa('/usr/bin/python3', ['-m', 'venv', folder])
  await execa(join(folder, 'bin/pip'), ['-q', 'install', '-r', join(vagrantFolder, 'bench/peers.txt')], {
    stdout: 'ignore',
    stderr: 'inherit',
  })
  // Last, so that an installation that was cut off is begun anew.
  await writeFile(join(folder, 'complete'), '')
  say(`installed them in ${secondsSince(start)}`)
}

async function describe(folder: string): Promise<Peers> {
  const bin = join(folder, 'bin')
  const { stdout } = await execa(join(bin, 'pip'), ['list', '--format=json', '--disable-pip-version-check'])
  const installed = new Map(listing.parse(JSON.parse(stdout)).map(({ name, version }) => [name, version]))
  const where = 'import sysconfig; print(sysconfig.get_path("purelib"))'
  const { stdout: sitePackages } = await execa(join(bin, 'python'), ['-I', '-c', where])
  return {
    bin,
    sitePackages,
    versionOf: (name) => {
      const version = installed.get(name)
      if (version === undefined) throw new Error(`${folder} has no ${name}; remove the folder, and run this again`)
      return version
    },
  }
}
