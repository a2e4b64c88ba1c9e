import type { Probe, StateOf } from '../../core/probe.js'
import type { Site } from '../../core/site.js'
import { defineStep, unknownUntil, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import {
  embeddedUses,
  hostsOnPort,
  otherSites,
  takenOver,
  type EmbeddedUse,
  type NamedDirective,
  type PortHost,
} from '../../probes/apache.js'
import { entryAt, fileAt, type Entry } from '../../probes/file.js'
import { managedBy, vhost as render, type Places } from '../../templates/vhost.js'
import { accessChange, fileChange, rootOwned } from '../files.js'
import { adoptAgain, isAdopted, replaced, type ByHand } from '../site/by-hand.js'
import { meaningOf } from './meaning.js'

const foreignFile = (byHand: ByHand, is: Entry): DeployError =>
  new DeployError('FOREIGN_FILE', {
    what: `${byHand.path} exists already and is not this tool's${adoptAgain(byHand)}`,
    where: byHand.path,
    evidence: (is.content ?? `a ${is.kind} of ${is.owner}`).split('\n').slice(0, 3).join('\n'),
    remedy: 'choose another "site" name, move that file away first, or take it over: deploy-flask adopt',
  })

const nameTaken = (name: string, others: readonly NamedDirective[]): DeployError =>
  new DeployError('NAME_TAKEN', {
    what: `another site of the host answers to ${name} already`,
    evidence: others.map(({ file, directive, value }) => `${file}: ${directive} ${value}`).join('\n'),
    remedy: 'set another "server-name", or take the name out of that file',
  })

const groupTaken = (name: string, others: readonly NamedDirective[]): DeployError =>
  new DeployError('PROCESS_GROUP_TAKEN', {
    what: `another site of the host has a WSGIDaemonProcess named ${name} already; the name must be unique in the whole server`,
    evidence: others.map(({ file }) => file).join('\n'),
    remedy: 'choose another "site" name, or name the process group otherwise',
  })

/** A ServerName may be written with a scheme and a port, and Apache does not mind capitals. */
const hostOf = (serverName: string): string => serverName.toLowerCase().replace(/^https?:\/\/|:\d+$/g, '')

const embeddedForbidden = (uses: readonly EmbeddedUse[]): DeployError =>
  new DeployError('EMBEDDED_MODE_CONFLICT', {
    what: 'embedded mode is wanted, which the configuration of another site forbids in the whole server',
    evidence: uses.map(({ file }) => `${file}: WSGIRestrictEmbedded On`).join('\n'),
    remedy: 'take the process group %{GLOBAL} out, or set "restrict-embedded: false" for that other site',
  })

const embeddedNeeded = (uses: readonly EmbeddedUse[]): DeployError =>
  new DeployError('EMBEDDED_MODE_CONFLICT', {
    what: 'embedded mode cannot be forbidden in the whole server: another site may need it',
    evidence: uses.map(({ file }) => file).join('\n'),
    remedy: 'leave "restrict-embedded" out: it is set as soon as no other site may need embedded mode',
  })

const takesOver = (site: Site, others: readonly { readonly file: string; readonly name: string }[]): DeployError =>
  new DeployError('ADDRESS_TAKEN', {
    what: `bound to ${site.addresses.join(', ')}, the site would answer for every name that leads there, other sites included`,
    evidence: others.map(({ file, name }) => `${file}: ${name}`).join('\n'),
    remedy: 'leave "addresses" out (the names tell the sites apart), or take a port or an address of its own',
  })

const isOpenToOthers = ({ owner, group, mode }: Entry): boolean =>
  owner !== 'root' || (Number.parseInt(mode, 8) & (group === 'root' ? 0o002 : 0o022)) !== 0

const usesEmbedded = ({ applications, directories }: Site): boolean =>
  [...applications, ...directories].some(({ processGroup }) => processGroup === '%{GLOBAL}')

const namesTaken = (names: readonly string[], others: readonly NamedDirective[]): readonly DeployError[] =>
  names.flatMap((name) => {
    const found = others.filter((it) => it.directive !== 'wsgidaemonprocess' && hostOf(it.value) === name)
    return found.length === 0 ? [] : [nameTaken(name, found)]
  })

const groupsTaken = ({ processGroups }: Site, others: readonly NamedDirective[]): readonly DeployError[] =>
  processGroups.flatMap(({ name }) => {
    const found = others.filter((it) => it.directive === 'wsgidaemonprocess' && it.value === name)
    return found.length === 0 ? [] : [groupTaken(name, found)]
  })

/** Addresses without the brackets of IPv6; none where the site is on all of them. */
const boundTo = ({ addresses }: Site): readonly string[] =>
  addresses.flatMap((address) => (address === '*' ? [] : [address.replace(/[[\]]/g, '').toLowerCase()]))

/** Who answers on a port for names that nobody has, when our file comes to be read before theirs. */
const displaced = (own: string, hosts: readonly PortHost[]): PortHost | undefined => {
  const file = `/etc/apache2/sites-enabled/${own}`
  const [first] = hosts
  return first === undefined || hosts.some((host) => host.file === file) || first.file < file ? undefined : first
}

const losesDefault = ({ file }: PortHost, port: number): DeployError =>
  new DeployError('DEFAULT_SITE_TAKEN', {
    what: `the virtual host in ${file} has no ServerName: it answers on port ${port} because it is read first, and ours would be`,
    where: file,
    remedy:
      'give it a ServerName; or have it read first: link it in sites-enabled under a name such as 000-default-ssl.conf',
  })

interface Lost {
  readonly file: string
  readonly name: string
}

type Asked = {
  readonly file: Probe<Entry | null>
  readonly others: Probe<readonly NamedDirective[]>
  readonly embedded: Probe<readonly EmbeddedUse[]>
  readonly takenOver: Probe<readonly Lost[]>
} & Readonly<Record<`taken over on ${number}`, Probe<readonly Lost[]>>> &
  Readonly<Record<`hosts on ${number}`, Probe<readonly PortHost[]>>> &
  Readonly<Record<`certificate ${string}`, Probe<Entry | null>>>

/** Asked only where it matters: who else is on the port of HTTPS, and whether certbot has a certificate yet. */
const askedOfTls = (own: string, site: Site): Readonly<Record<string, Probe<unknown>>> => {
  const { tls } = site
  const bound = boundTo(site)
  return tls === undefined
    ? {}
    : {
        ...(bound.length === 0
          ? { [`hosts on ${tls.port}`]: hostsOnPort(tls.port) }
          : { [`taken over on ${tls.port}`]: takenOver(own, bound, tls.port) }),
        ...(tls.acme === undefined ? {} : { [`certificate ${tls.certificate}`]: entryAt(tls.certificate) }),
      }
}

/**
 * The site's file in sites-available (mod_wsgi: Configuration Guidelines; httpd: Name-based Virtual Host Support); never
 * one that somebody else wrote unless it was adopted, and is what it was then; never a name that is somebody else's. As
 * long as certbot has no certificate yet, it is without HTTPS.
 *
 * @param site complete and validated
 * @param places where it lies on the host; whether embedded mode is forbidden is seen there
 * Refuses with FOREIGN_FILE, with NAME_TAKEN, PROCESS_GROUP_TAKEN or ADDRESS_TAKEN for a host name, a process group or
 * an address of another site, with DEFAULT_SITE_TAKEN where another would no longer be the first on the port of HTTPS and
 * has no name, and with EMBEDDED_MODE_CONFLICT where one site needs the embedded mode that another forbids.
 */
export const vhost = (site: Site, places: Omit<Places, 'restrictEmbedded'>): Step => {
  const own = `${site.name}.conf`
  const path = `/etc/apache2/sites-available/${own}`
  const byHand = { site: site.name, path, sha256: site.adopted?.virtualHost }
  const isOurs = ({ content }: Entry): boolean => content?.startsWith(managedBy(site.name)) === true
  const names = site.existingSite === undefined ? [site.serverName, ...site.serverAliases] : []
  const { tls } = site
  const probes: Asked = {
    file: fileAt(path),
    others: otherSites(own),
    embedded: embeddedUses(own),
    takenOver: takenOver(own, boundTo(site), site.port),
    ...askedOfTls(own, site),
  }
  const hostsOn = (is: StateOf<Asked>): readonly PortHost[] =>
    tls === undefined ? [] : (is[`hosts on ${tls.port}`] ?? [])
  return defineStep({
    id: 'apache.vhost',
    why: 'names, mounts, process group, limits and logs of the site, in a file of its own',
    title: site.existingSite === undefined ? `Virtual host ${site.serverName}` : `Process groups of ${site.name}`,
    probes,
    refuse: (is) => {
      const { file, others, embedded } = is
      const lost = [...is.takenOver, ...(tls === undefined ? [] : (is[`taken over on ${tls.port}`] ?? []))]
      const ours = file === null || isOurs(file) || isAdopted(byHand, file)
      const forbidding = usesEmbedded(site) ? embedded.filter(({ does }) => does === 'forbids') : []
      const needing = site.restrictEmbedded === true ? embedded.filter(({ does }) => does === 'may need') : []
      const first = displaced(own, hostsOn(is))
      return [
        ...(ours ? [] : [foreignFile(byHand, file)]),
        ...namesTaken(names, others),
        ...groupsTaken(site, others),
        ...(forbidding.length === 0 ? [] : [embeddedForbidden(forbidding)]),
        ...(needing.length === 0 ? [] : [embeddedNeeded(needing)]),
        ...(lost.length === 0 ? [] : [takesOver(site, lost)]),
        ...(first === undefined || first.name !== null || tls === undefined ? [] : [losesDefault(first, tls.port)]),
      ]
    },
    notes: (is) => {
      const first = displaced(own, hostsOn(is))
      if (first === undefined || first.name === null || tls === undefined) return []
      return [
        `until now ${first.name} (${first.file}) answers on port ${tls.port} for names that no site has; from now on ours does`,
      ]
    },
    plan: (is) => {
      const { file, embedded } = is
      const withoutTls = tls?.acme !== undefined && (is[`certificate ${tls.certificate}`] ?? null) === null
      const content = renderedWith(site, { ...places, withoutTls }, embedded)
      if (file === null || isOurs(file) || !isAdopted(byHand, file)) {
        return fileChange(path, file, content, rootOwned('0644'))
      }
      const changes = replaced(byHand, file, content, meaningOf)
      // what others can write, Apache reads as root
      return changes.length > 0 || !isOpenToOthers(file) ? changes : accessChange('file', path, file, rootOwned('0644'))
    },
    triggers: ['apache.reload'],
  })
}

const renderedWith = (
  site: Site,
  places: Omit<Places, 'restrictEmbedded'>,
  embedded: readonly EmbeddedUse[],
): string => {
  const isFree = !embedded.some(({ does }) => does === 'may need')
  const restrictEmbedded = site.restrictEmbedded === 'auto' ? isFree : site.restrictEmbedded
  return render(site, { ...places, restrictEmbedded })
}

/**
 * The same file, with HTTPS, as soon as certbot has obtained a certificate in the same run.
 *
 * @param site complete and validated, with tls.acme
 * @param places where it lies on the host
 * @param certificate absolute path
 */
export const securedVhost = (site: Site, places: Omit<Places, 'restrictEmbedded'>, certificate: string): Step => {
  const own = `${site.name}.conf`
  const path = `/etc/apache2/sites-available/${own}`
  return defineStep({
    id: 'apache.https',
    why: 'first the site answers by HTTP, where the authority asks; then it is told of the certificate',
    title: `Virtual host ${site.serverName} with HTTPS`,
    probes: { file: fileAt(path), embedded: embeddedUses(own), certificate: entryAt(certificate) },
    plan: ({ file, embedded, certificate: is }) => {
      if (is === null) return unknownUntil('tls.acme', 'there is no certificate yet')
      // one that has HTTPS is the business of the step before
      if (file?.content === undefined || file.content.includes(certificate)) return []
      return fileChange(path, file, renderedWith(site, places, embedded), rootOwned('0644'))
    },
    triggers: ['apache.reload-https'],
  })
}
