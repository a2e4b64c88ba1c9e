import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { otherSites, type NamedDirective } from '../../probes/apache.js'
import { fileAt, type Entry } from '../../probes/file.js'
import { managedBy, vhost as render, type Vhost } from '../../templates/vhost.js'
import { fileChange, rootOwned } from '../files.js'

const foreignFile = (path: string, is: Entry): DeployError =>
  new DeployError('FOREIGN_FILE', {
    what: `${path} exists already and is not this tool's`,
    where: path,
    evidence: (is.content ?? `a ${is.kind} of ${is.owner}`).split('\n').slice(0, 3).join('\n'),
    remedy: 'choose another "site" name, or move that file away first',
  })

const nameTaken = (name: string, others: readonly NamedDirective[]): DeployError =>
  new DeployError('NAME_TAKEN', {
    what: `another site of the host answers to ${name} already`,
    evidence: others.map(({ file, directive, value }) => `${file}: ${directive} ${value}`).join('\n'),
    remedy: 'set another "server-name", or take the name out of that file',
  })

const groupTaken = (name: string, others: readonly NamedDirective[]): DeployError =>
  new DeployError('NAME_TAKEN', {
    what: `another site of the host has a WSGIDaemonProcess named ${name} already; the name must be unique in the whole server`,
    evidence: others.map(({ file }) => file).join('\n'),
    remedy: 'choose another "site" name',
  })

/** Ports that Apache listens on without our help; a host without Apache yet will get Debian's file with port 80. */
const listensOn = (ports: Entry | null, port: number): boolean => {
  if (ports?.content === undefined) return port === 80
  return new RegExp(`^\\s*Listen\\s+(\\S+:)?${port}(\\s|$)`, 'm').test(ports.content)
}

/** A ServerName may be written with a scheme and a port, and Apache does not mind capitals. */
const hostOf = (serverName: string): string => serverName.toLowerCase().replace(/^https?:\/\/|:\d+$/g, '')

/** The site's file in sites-available; never one that somebody else wrote, never a name that is somebody else's. */
export const vhost = (wanted: Omit<Vhost, 'listen'>): Step => {
  const own = `${wanted.name}.conf`
  const path = `/etc/apache2/sites-available/${own}`
  return defineStep({
    id: 'apache.vhost',
    title: `Virtual host ${wanted.serverName}`,
    probes: { file: fileAt(path), ports: fileAt('/etc/apache2/ports.conf'), others: otherSites(own) },
    refuse: ({ file, others }) => {
      const ours = file === null || file.content?.startsWith(managedBy(wanted.name)) === true
      const names = [wanted.serverName, ...wanted.serverAliases]
      const taken = names.flatMap((name) => {
        const found = others.filter((it) => it.directive !== 'wsgidaemonprocess' && hostOf(it.value) === name)
        return found.length === 0 ? [] : [nameTaken(name, found)]
      })
      const groups = others.filter((it) => it.directive === 'wsgidaemonprocess' && it.value === wanted.name)
      return [
        ...(ours ? [] : [foreignFile(path, file)]),
        ...taken,
        ...(groups.length === 0 ? [] : [groupTaken(wanted.name, groups)]),
      ]
    },
    plan: ({ file, ports }) => {
      const text = render({ ...wanted, listen: !listensOn(ports, wanted.port) })
      return fileChange(path, file, text, rootOwned('0644'))
    },
    triggers: ['apache.reload'],
  })
}
