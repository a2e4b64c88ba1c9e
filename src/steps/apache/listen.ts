import { root } from '../../core/command.js'
import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { listens, type Listen } from '../../probes/apache.js'
import { entryAt, fileAt, folderAt, type Entry, type NamedEntry } from '../../probes/file.js'
import { fileChange, rootOwned, takeBack } from '../files.js'

const everywhere = '*'

interface Wanted {
  /** Of the file that all of our sites share: `deploy-flask-listen-8080`. */
  readonly name: string
  readonly address: string
  readonly port: number
}

const nameFor = (address: string, port: number): string =>
  `deploy-flask-listen-${address === everywhere ? '' : `${address.replace(/[[\]]/g, '').replaceAll(':', '_')}-`}${port}`

const wantedOf = (addresses: readonly string[], ports: readonly number[]): readonly Wanted[] =>
  ports.flatMap((port) => addresses.map((address) => ({ name: nameFor(address, port), address, port })))

const fileOf = (name: string): string => `/etc/apache2/conf-available/${name}.conf`
const enabledFolder = '/etc/apache2/conf-enabled'

/** The files that make Apache listen there, where they are needed. */
export const listenFiles = (addresses: readonly string[], ...ports: readonly number[]): readonly string[] =>
  wantedOf(addresses, ports).map(({ name }) => fileOf(name))

/** The links that make Apache read these files. */
export const listenLinks = (addresses: readonly string[], ...ports: readonly number[]): readonly string[] =>
  wantedOf(addresses, ports).map(({ name }) => `${enabledFolder}/${name}.conf`)

const textOf = ({ address, port }: Wanted): string =>
  '# Managed by deploy-flask: shared by all of its sites on this port.\n' +
  `Listen ${address === everywhere ? '' : `${address}:`}${port}\n`

/** `0.0.0.0` leaves out IPv6; without an address it is all of both. */
const covers = (is: string | null, wanted: string): boolean =>
  is === null || is === wanted.toLowerCase() || (is === '0.0.0.0' && !wanted.startsWith('['))

type Asked = {
  readonly listens: Probe<readonly Listen[]>
  readonly ports: Probe<Entry | null>
  readonly enabled: Probe<readonly NamedEntry[]>
} & Readonly<Record<`file ${string}`, Probe<Entry | null>>>

interface Is {
  /** Of the files of others: the virtual host of this site itself may hold a Listen of an earlier version of ours. */
  readonly listens: readonly Listen[]
  readonly ports: Entry | null
  /** Modules that this run enables. */
  readonly modules: readonly string[]
}

/** A host without Apache yet will get Debian's ports.conf, which listens on port 80, and with mod_ssl on 443. */
const isCovered = ({ address, port }: Wanted, { listens: is, ports, modules }: Is): boolean =>
  (ports === null && (port === 80 || (port === 443 && modules.includes('ssl')))) ||
  is.some((one) => one.port === port && covers(one.address, address))

/** Of two sockets on one port, one of which is for all addresses, only the first can be opened: Apache would not start. */
const clash = (wanted: Wanted, is: Is): readonly DeployError[] => {
  const narrower = is.listens.filter(({ port }) => port === wanted.port)
  if (isCovered(wanted, is) || wanted.address !== everywhere || narrower.length === 0) return []
  return [
    new DeployError('LISTEN_CONFLICT', {
      what: `Apache listens on port ${wanted.port} of single addresses already, and cannot listen on all of them too`,
      evidence: narrower
        .map(({ file, address, port }) => `${file}: Listen ${address ?? everywhere}:${port}`)
        .join('\n'),
      remedy:
        'set "addresses" to these addresses, choose another port, or take these lines out where nobody needs them',
    }),
  ]
}

const enabling = (name: string, links: readonly NamedEntry[]): readonly Change[] =>
  links.some((link) => link.name === `${name}.conf` && link.target === `../conf-available/${name}.conf`)
    ? []
    : [
        {
          kind: 'create',
          subject: `apache configuration ${name}`,
          run: [root('a2enconf', '-q', name)],
          undo: [takeBack('[ -L "$1" ]', `${enabledFolder}/${name}.conf`, 'a2disconf', '-q', name)],
        },
      ]

/**
 * Apache listens on the ports (httpd: Binding to Addresses and Ports), by files that all of our sites share; nothing
 * where any other file does it already.
 *
 * @param addresses `*`, or addresses of the host; IPv6 in brackets
 * @param ports TCP ports
 * @param site name of the site, whose own file does not count
 * @param modules that are enabled by then: what stands in an IfModule for one of them counts
 * Refuses with LISTEN_CONFLICT where Apache listens on single addresses of the port and all of them are wanted.
 */
export const listen = (
  addresses: readonly string[],
  ports: readonly number[],
  site: string,
  modules: readonly string[] = [],
): Step => {
  const all = wantedOf(addresses, ports)
  const probes: Asked = {
    listens: listens(modules),
    ports: entryAt('/etc/apache2/ports.conf'),
    enabled: folderAt(enabledFolder),
    ...Object.fromEntries(all.map(({ name }) => [`file ${name}`, fileAt(fileOf(name))])),
  }
  const own = `/etc/apache2/sites-enabled/${site}.conf`
  const others = (is: Omit<Is, 'modules'>): Is => ({
    ...is,
    listens: is.listens.filter(({ file }) => file !== own),
    modules,
  })
  return defineStep({
    id: 'apache.listen',
    why: 'a virtual host answers only where Apache listens, and two Listen lines for one port stop Apache',
    title: `Apache listens on port ${ports.join(' and ')}`,
    probes,
    refuse: (is) => all.flatMap((wanted) => clash(wanted, others(is))),
    plan: (is) =>
      all.flatMap((wanted): readonly Change[] => {
        if (isCovered(wanted, others(is))) return []
        const { name } = wanted
        const file = is[`file ${name}`] ?? null
        return [...fileChange(fileOf(name), file, textOf(wanted), rootOwned('0644')), ...enabling(name, is.enabled)]
      }),
    triggers: ['apache.reload'],
  })
}
