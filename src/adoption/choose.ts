import { visible } from '../core/sanitise.js'
import { DeployError } from '../errors.js'
import { siteCalled, type Found, type HandMade, type Unread } from './virtual-hosts.js'

const listed = (sites: readonly HandMade[]): string =>
  sites.map(({ name, names, path }) => visible(`${name}: ${names.join(', ') || 'no ServerName'} (${path})`)).join('\n')

const unreadText = (unread: readonly Unread[]): readonly string[] =>
  unread.map(({ path, why }) => visible(`${path} cannot be read: ${why}`))

const nothing = (host: string, { ours, unread }: Found): DeployError =>
  new DeployError('ADOPT_NOTHING', {
    what: `${visible(host)} has no site with WSGIScriptAlias that was made by hand`,
    where: '/etc/apache2/sites-enabled',
    evidence: [
      ...(ours.length === 0 ? [] : [`of deploy-flask already: ${ours.map(visible).join(', ')}`]),
      ...unreadText(unread),
    ].join('\n'),
    remedy: 'enable the site first (a2ensite); what stands outside of sites-enabled is not looked at',
  })

const ambiguous = (host: string, wanted: string | undefined, { sites, ours }: Found): DeployError =>
  new DeployError('ADOPT_AMBIGUOUS', {
    what:
      wanted === undefined
        ? `${visible(host)} has ${sites.length} sites that could be adopted`
        : ours.includes(wanted)
          ? `${visible(wanted)} is a site of deploy-flask already`
          : `${visible(wanted)} is not one of the sites that could be adopted`,
    evidence: listed(sites),
    remedy: `name one: deploy-flask adopt ${visible(host)} ${visible(sites[0]?.name ?? 'SITE')}`,
  })

/**
 * The site that is meant.
 *
 * Throws ADOPT_NOTHING where there is none on the host, ADOPT_AMBIGUOUS where there are several and none was named.
 */
export const chosenSite = (host: string, found: Found, wanted: string | undefined): HandMade => {
  const { sites } = found
  if (sites.length === 0) throw nothing(host, found)
  const meant = wanted === undefined ? sites : siteCalled(sites, wanted)
  const [one, ...more] = meant
  if (one === undefined || more.length > 0) throw ambiguous(host, wanted, found)
  return one
}
