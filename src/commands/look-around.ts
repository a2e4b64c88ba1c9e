import { askProbes } from '../engine/ask.js'
import type { Probe } from '../core/probe.js'
import { listens, otherSites } from '../probes/apache.js'
import { packageVersion } from '../probes/dpkg.js'
import { folderAt } from '../probes/file.js'
import { hostFacts } from '../probes/host.js'
import type { Transport } from '../transport/transport.js'
import type { Neighbours } from '../wizard/neighbours.js'

const etc = '/etc/apache2'

/** Files of sites that a deployment of ours has written, whichever site it was. */
const ownFiles: Probe<readonly string[]> = {
  ask: { sh: `grep -l '^# Managed by deploy-flask ' ${etc}/sites-available/*.conf 2>/dev/null || :` },
  as: 'root',
  parse: ({ stdout }) =>
    stdout
      .slice(0, 1_000_000)
      .split('\n')
      .filter((line) => line !== ''),
}

const probes = {
  host: hostFacts(['/srv']),
  apache: packageVersion('apache2'),
  available: folderAt(`${etc}/sites-available`),
  enabled: folderAt(`${etc}/sites-enabled`),
  modules: folderAt(`${etc}/mods-enabled`),
  named: otherSites(''),
  listens: listens(),
  ownFiles,
}

/** `2.4.29-1ubuntu4.27` -> `2.4.29` */
const upstream = (version: string): string => version.replace(/^\d+:|[-+~].*$/g, '')

const mpmOf = (modules: readonly { readonly name: string }[]): string => {
  const [mpm] = modules.flatMap(({ name }) => /^(mpm_[a-z]+)\.load$/.exec(name)?.[1] ?? [])
  return mpm === undefined ? '' : ` (${mpm})`
}

/** What is there already, in one round trip. */
export const lookAround = async (transport: Transport): Promise<Neighbours> => {
  const found = (await askProbes(transport, [probes])).of(probes)
  const { host, apache, available, enabled, modules, named } = found
  return {
    release: host.name,
    isSupported: host.id === 'ubuntu' && host.version === '18.04',
    python: host.python,
    apache: apache === undefined ? undefined : `${upstream(apache)}${mpmOf(modules)}`,
    freeBytes: host.free[0]?.bytes ?? 0,
    files: available
      .filter(({ name }) => name.endsWith('.conf'))
      .map(({ name }) => ({
        name,
        isOurs: found.ownFiles.includes(`${etc}/sites-available/${name}`),
        isEnabled: enabled.some((one) => one.name === name),
      })),
    names: named
      .filter(({ directive }) => directive !== 'wsgidaemonprocess')
      .map(({ file, value }) => ({ file, name: value.toLowerCase().replace(/^[a-z]+:\/\/|:\d+$/g, '') })),
    ports: [...new Set(found.listens.map(({ port }) => port))].sort((one, other) => one - other),
  }
}
