import type { Site } from '../core/site.js'
import { directive, type Node } from './apache.js'
import { mountLimits } from './vhost-applications.js'

export const bodyLimit = ({ maxBody }: Site): readonly Node[] =>
  maxBody === undefined
    ? []
    : [directive('LimitRequestBody', [String(maxBody)], 'max-body: largest request body, in bytes')]

/**
 * What the application says of the same name is taken away first: it is kept in another table (httpd: mod_headers), and
 * both would be sent.
 */
export const responseHeaders = ({ headers }: Site): readonly Node[] =>
  headers.flatMap(([name, value]) => [
    directive('Header', ['onsuccess', 'unset', name], `headers.${name}: what the application says is replaced`),
    directive('Header', ['always', 'set', name, value], `headers.${name}: sent with every answer`),
  ])

/** What slow and large requests meet, and what is shown then. */
export const limits = (site: Site): readonly Node[] => {
  const { timeouts, errorDocuments } = site
  const { idle, header, body, minimumRate } = timeouts
  const slow = [
    ...(header === undefined ? [] : [`header=${header}-${2 * header},MinRate=${minimumRate}`]),
    ...(body === undefined ? [] : [`body=${body},MinRate=${minimumRate}`]),
  ]
  return [
    ...(idle === undefined
      ? []
      : [directive('Timeout', [String(idle)], 'timeouts.idle: how long a silent client is waited for')]),
    ...(slow.length === 0
      ? []
      : [
          directive(
            'RequestReadTimeout',
            slow,
            'timeouts.header, body, minimum-rate: how long a request may take to arrive',
          ),
        ]),
    ...errorDocuments.map(([status, document]) =>
      directive(
        'ErrorDocument',
        [status, document],
        `error-documents.${status}: what is shown instead of Apache's page`,
      ),
    ),
    ...bodyLimit(site),
    ...mountLimits(site.applications),
  ]
}
