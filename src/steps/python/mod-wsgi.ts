import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { hostFacts, type Host } from '../../probes/host.js'
import { modWsgi, type ModWsgi } from '../../probes/mod-wsgi.js'
import { takeBack } from '../files.js'
import { explainPip, pipInstallAsRoot } from './pip.js'
import { versionsFor } from './versions.js'

const why = (is: ModWsgi | null, wanted: string): string | undefined => {
  if (is === null) return undefined
  if (!is.present) return `${is.module} is gone, though pip lists mod_wsgi`
  return `${is.version ?? 'an unknown version'} becomes ${wanted}`
}

/** The compiler alone takes half of it. */
const TO_BUILD = 128 * 1024 * 1024

const mib = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024)} MiB`

const memoryLow = (memory: number): DeployError =>
  new DeployError('HOST_MEMORY_LOW', {
    what: `the host has ${mib(memory)} of memory and swap left; ${mib(TO_BUILD)} are needed to build mod_wsgi`,
    remedy:
      'stop what takes the memory, or add swap: fallocate -l 512M /swap; chmod 600 /swap; mkswap /swap; swapon /swap',
  })

const known = { module: modWsgi(), host: hostFacts(['/usr']) }

const isInstalled = (module: ModWsgi | null, host: Host): boolean =>
  module?.present === true && module.version === versionsFor(host.python).modWsgi

/** Where pip puts it for the whole host. */
export const modWsgiExpress = '/usr/local/bin/mod_wsgi-express'

export const uninstall = takeBack(
  'pip3 show "$1" >/dev/null 2>&1',
  'mod_wsgi',
  ...['env', 'HOME=/root', 'pip3', 'uninstall', '-y', 'mod_wsgi'],
)

/**
 * mod_wsgi in the system's Python, with its module in place, at the newest version that this Python can have: 4.9.4 for
 * 3.6 (mod_wsgi: Release Notes).
 *
 * @param indexUrl of a package index; default: what pip of the host is configured for
 * Refuses with HOST_MEMORY_LOW where it cannot be built.
 */
export const installedModWsgi = (indexUrl?: string): Step =>
  defineStep({
    id: 'python.mod-wsgi',
    why: 'built for the Python of the host: the packaged one is older and breaks with virtual environments',
    title: 'mod_wsgi in the system Python',
    probes: known,
    refuse: ({ module, host }) =>
      isInstalled(module, host) || host.memory >= TO_BUILD ? [] : [memoryLow(host.memory)],
    plan: ({ module, host }): readonly Change[] => {
      if (isInstalled(module, host)) return []
      const wanted = versionsFor(host.python).modWsgi
      const reason = why(module, wanted)
      return [
        {
          kind: module === null ? 'create' : 'update',
          inert: true,
          subject: `Python package mod_wsgi ${wanted}`,
          ...(reason === undefined ? {} : { reason }),
          run: [pipInstallAsRoot(indexUrl, '--no-deps', '--upgrade', '--force-reinstall', `mod_wsgi==${wanted}`)],
          ...(module === null ? { undo: [uninstall] } : {}),
          explain: explainPip,
        },
      ]
    },
    triggers: ['apache.configtest', 'apache.reload'],
  })
