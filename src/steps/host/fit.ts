import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { hostFacts, type Host } from '../../probes/host.js'

const MINIMUM_FREE = 300 * 1024 * 1024

const unsupported = (host: Host): DeployError =>
  new DeployError('HOST_UNSUPPORTED', {
    what: `the host runs ${host.name === '' ? 'an unknown system' : host.name}; Ubuntu 18.04 is what deploy-flask is made and tested for`,
    evidence: `/etc/os-release: ID=${host.id} VERSION_ID=${host.version}`,
    remedy: 'deploy to an Ubuntu 18.04 host, or set "allow-unsupported: true" to go on at your own risk',
  })

const noSystemd = (): DeployError =>
  new DeployError('HOST_UNFIT', {
    what: 'the host does not run systemd',
    evidence: '/run/systemd/system does not exist',
    remedy: 'deploy to a machine, not to a container without an init system',
  })

const noRoom = (where: Host['free'][number]): DeployError =>
  new DeployError(where.readOnly ? 'HOST_READ_ONLY' : 'DISK_FULL', {
    what: where.readOnly
      ? `the file system of ${where.path} is read-only`
      : `the disk is full: ${where.path} has ${Math.floor(where.bytes / 1024 / 1024)} MiB free, 300 MiB are needed`,
    remedy: where.readOnly
      ? 'mount it read-write (look at dmesg for disk errors first)'
      : 'free some space there (apt-get clean, old logs)',
  })

/**
 * Nothing to change: refuses a host that this cannot be done on, before anything is touched (os-release(5)).
 *
 * @param allowUnsupported go on with another release than Ubuntu 18.04
 * @param siteRoot absolute path of the folder that will hold the site
 * Refuses with HOST_UNSUPPORTED for another release, HOST_UNFIT without systemd, HOST_READ_ONLY on a read-only file
 * system, and DISK_FULL with less than 300 MiB free.
 */
export const fit = (allowUnsupported: boolean, siteRoot: string): Step =>
  defineStep({
    id: 'host.fit',
    why: 'release, architecture, disk and init system are looked at before the first change',
    title: 'The host is one that this can be done on',
    probes: { host: hostFacts(['/usr', '/var', '/etc', siteRoot]) },
    plan: () => [],
    refuse: ({ host }) => [
      ...(allowUnsupported || (host.id === 'ubuntu' && host.version === '18.04') ? [] : [unsupported(host)]),
      ...(host.systemd ? [] : [noSystemd()]),
      ...host.free
        .filter(({ bytes, readOnly }) => readOnly || bytes < MINIMUM_FREE)
        .slice(0, 1)
        .map(noRoom),
    ],
  })
