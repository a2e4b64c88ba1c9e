import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { hostFacts, type Host } from '../../probes/host.js'
import { readOnly } from '../mounts.js'

const MIB = 1024 * 1024

/** What a first deployment needs, in a place; a run that only changes something needs less, but not nothing. */
interface Room {
  readonly bytes: number
  readonly inodes: number
}

/** The packages, the virtual environment, the code. */
const much: Room = { bytes: 300 * MIB, inodes: 5000 }
/** A few files of configuration, and what they replace. */
const little: Room = { bytes: MIB, inodes: 20 }

const placesFor = (siteRoot: string): ReadonlyMap<string, Room> =>
  new Map([
    ['/usr', much],
    ['/var', much],
    [siteRoot, much],
    // pip builds there
    ['/tmp', { bytes: 32 * MIB, inodes: 500 }],
    ...['/etc', '/etc/apache2', '/run'].map((path) => [path, little] as const),
  ])

/** This program is not older: a clock that says so is wrong, and signatures of packages and certificates would be refused. */
const MADE = Date.UTC(2026, 0, 1) / 1000
const FIVE_YEARS = 5 * 365 * 24 * 3600

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

type Place = Host['free'][number]

const mib = (bytes: number): string => `${Math.floor(bytes / MIB)} MiB`

const noRoom = ({ path, bytes, inodes }: Place, needed: Room): DeployError =>
  new DeployError('DISK_FULL', {
    what:
      bytes < needed.bytes
        ? `the disk is full: ${path} has ${mib(bytes)} free, ${mib(needed.bytes)} are needed`
        : `the disk can hold no more files: ${path} has ${inodes} inodes free, ${needed.inodes} are needed`,
    remedy:
      bytes < needed.bytes
        ? 'free some space there (apt-get clean, old logs)'
        : 'remove files that nobody needs there, usually many small ones (df -i; old sessions, caches, mail queues)',
  })

/** The first place that is too small: others often lie on the same disk. Folders that are not there lie in one that is. */
const faultOf = (free: readonly Place[], rooms: readonly Room[]): readonly DeployError[] => {
  const locked = free.find((place) => place.readOnly)
  if (locked !== undefined) return [readOnly(locked.path)]
  const faults = free.flatMap((place, index) => {
    const needed = rooms[index] ?? little
    const fits = place.bytes >= needed.bytes && (place.inodes ?? Infinity) >= needed.inodes
    return fits ? [] : [noRoom(place, needed)]
  })
  return faults.slice(0, 1)
}

const dateOf = (clock: number): string => new Date(clock * 1000).toISOString().slice(0, 16).replace('T', ' ')

const clockWrong = (clock: number): DeployError =>
  new DeployError('HOST_CLOCK_WRONG', {
    what: `the clock of the host is wrong: it says ${dateOf(clock)} UTC, and deploy-flask is not as old as that`,
    evidence: 'apt refuses package lists from the future, and TLS certificates that are not valid yet',
    remedy: 'set it: timedatectl set-ntp true, or date -s',
  })

/**
 * Nothing to change: refuses a host that this cannot be done on, before anything is touched (os-release(5)).
 *
 * @param allowUnsupported go on with another release than Ubuntu 18.04
 * @param siteRoot absolute path of the folder that will hold the site
 * Refuses with HOST_UNSUPPORTED for another release, HOST_UNFIT without systemd, HOST_READ_ONLY on a read-only file
 * system, DISK_FULL where bytes or inodes are short, and HOST_CLOCK_WRONG with a clock of the past.
 */
export const fit = (allowUnsupported: boolean, siteRoot: string): Step => {
  const places = placesFor(siteRoot)
  return defineStep({
    id: 'host.fit',
    why: 'release, architecture, disk, clock and init system are looked at before the first change',
    title: 'The host is one that this can be done on',
    probes: { host: hostFacts([...places.keys()]) },
    plan: () => [],
    refuse: ({ host }) => [
      ...(allowUnsupported || (host.id === 'ubuntu' && host.version === '18.04') ? [] : [unsupported(host)]),
      ...(host.systemd ? [] : [noSystemd()]),
      ...faultOf(host.free, [...places.values()]),
      ...(host.clock < MADE ? [clockWrong(host.clock)] : []),
    ],
    notes: ({ host }) =>
      host.clock > MADE + FIVE_YEARS
        ? [`the clock of the host says ${dateOf(host.clock)} UTC: where that is wrong, package lists will have expired`]
        : [],
  })
}
