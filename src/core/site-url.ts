import type { ServedTls } from './tls.js'

interface Served {
  readonly serverName: string
  readonly port: number
  readonly tls?: Pick<ServedTls, 'port'>
}

/** Where a site is asked by HTTP. */
export const plainUrl = ({ serverName, port }: Served, path = '/'): string =>
  `http://${serverName}${port === 80 ? '' : `:${port}`}${path}`

/** Where a site is: by HTTPS where it has that. */
export const siteUrl = (site: Served, path = '/'): string =>
  site.tls === undefined
    ? plainUrl(site, path)
    : `https://${site.serverName}${site.tls.port === 443 ? '' : `:${site.tls.port}`}${path}`
