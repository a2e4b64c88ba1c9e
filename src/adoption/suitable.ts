import { siteName } from '../config/fields.js'
import { visible } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import { everyWritten, isNamed, type Written } from './apache-parse.js'
import type { HandMade } from './virtual-hosts.js'

const available = '/etc/apache2/sites-available'

const unsuitable = ({ path }: HandMade, what: string, remedy: string, evidence?: string): DeployError =>
  new DeployError('ADOPT_UNSUITABLE', {
    what,
    where: path,
    ...(evidence === undefined ? {} : { evidence }),
    remedy,
  })

const told = (nodes: readonly Written[]): string =>
  nodes.map(({ line, text }) => `${line}: ${visible(text)}`).join('\n')

const ofApache = (name: string): boolean => ['000-default', 'default-ssl', 'default'].includes(name)

/** As a2ensite would, and with a name that a site may have. */
const renamed = (name: string): string => {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 24)
    .replace(/-+$/, '')
  return siteName.safeParse(plain).success ? plain : 'site'
}

const moved = (site: HandMade): string => {
  const to = renamed(site.name)
  return ofApache(site.name)
    ? `give the site a file of its own: cp ${site.path} ${available}/${to}.conf, a2ensite ${to}, a2dissite ${site.name}, systemctl reload apache2`
    : `rename it on the host: mv ${site.path} ${available}/${to}.conf && rm ${site.enabled} && a2ensite ${to} && systemctl reload apache2`
}

/**
 * The one virtual host of a file that can become a site of this tool as it is.
 *
 * Throws ADOPT_UNSUITABLE where a file holds more than that, or is not where a2ensite has it.
 */
export const suitableHost = (site: HandMade): Written => {
  const all = [...everyWritten(site.nodes)]
  const macros = all.filter((node) => isNamed(node, 'macro', 'use'))
  if (macros.length > 0) {
    throw unsuitable(
      site,
      'the file is written with macros (mod_macro): what they become cannot be told from it',
      'write the virtual host out, without <Macro> and Use; then adopt it',
      told(macros),
    )
  }
  if (ofApache(site.name) || !siteName.safeParse(site.name).success) {
    const why = ofApache(site.name) ? 'is that of Apache itself' : 'cannot be that of a site'
    throw unsuitable(site, `the name of the file, ${visible(site.name)}.conf, ${why}`, moved(site))
  }
  if (site.path !== `${available}/${site.name}.conf` || site.enabled === site.path) {
    throw unsuitable(
      site,
      `the site is not enabled as a2ensite does it: ${visible(site.enabled)} leads to ${visible(site.path)}`,
      `move the file to ${available}/${site.name}.conf, and enable it: a2ensite ${site.name}`,
    )
  }
  const hosts = all.filter((node) => isNamed(node, 'virtualhost'))
  const [host, second] = hosts
  if (host === undefined || !site.nodes.includes(host)) {
    throw unsuitable(
      site,
      'the file serves applications outside of a virtual host: they belong to every site of the server',
      'put them into a <VirtualHost> with a ServerName; then adopt it',
    )
  }
  if (second !== undefined) {
    throw unsuitable(
      site,
      `the file holds ${hosts.length} virtual hosts, and a site of deploy-flask is one`,
      'give each a file of its own in sites-available, and adopt the one with the application',
      told(hosts),
    )
  }
  const tls = all.filter((node) => isNamed(node, 'sslengine') && node.args[0]?.toLowerCase() !== 'off')
  if (tls.length > 0) {
    throw unsuitable(
      site,
      'the virtual host is one of HTTPS: it would lose its certificate',
      'adopt the one of HTTP, or keep this one by hand: "existing-site" mounts an application in it',
      told(tls),
    )
  }
  const ports = new Set(host.args.map((arg) => /:(\d+|\*)$/.exec(arg)?.[1] ?? ''))
  if (ports.size > 1) {
    throw unsuitable(site, 'the virtual host is bound to several ports', 'bind it to one; then adopt it', told([host]))
  }
  const mounts = (host.inside ?? [])
    .flatMap((node) => [...everyWritten([node])])
    .filter((node) => isNamed(node, 'wsgiscriptalias'))
  if (!mounts.some(({ args: [, script = ''] }) => script.startsWith('/') || script.startsWith('${'))) {
    throw unsuitable(
      site,
      'no WSGIScriptAlias of the virtual host names a script by its whole path',
      'scripts that are found by handlers or patterns are written by hand: "directories" and "applications" in docs/settings.md',
    )
  }
  return host
}
