import type { Site } from '../../core/site.js'
import { defineStep, type Step } from '../../core/step.js'
import type { Tls } from '../../core/tls.js'
import { DeployError } from '../../errors.js'
import { certificateAt, type FoundCertificate } from '../../probes/certificate.js'
import { secretFiles } from '../site/settings.js'
import { rootOwned } from '../files.js'
import { noCertificate, unusable } from './guard.js'

const covers = (pattern: string, name: string): boolean =>
  pattern === name || (pattern.startsWith('*.') && pattern.slice(1) === name.slice(name.indexOf('.')))

const forAnother = (path: string, name: string, names: readonly string[]): DeployError =>
  new DeployError('CERTIFICATE_NAME', {
    what: `the certificate ${path} is not for ${name}`,
    where: path,
    evidence: `it is for: ${names.join(', ')}`,
    remedy: 'give one that holds the "server-name" of the site, or correct that name',
  })

const dated = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10)

/** What a person should know of a certificate before visitors do. */
const lateness = (path: string, is: FoundCertificate): readonly string[] => {
  if (is === null || is.lasts === 'long') return []
  return [
    is.lasts === 'expired'
      ? `the certificate ${path} expired on ${dated(is.until)}: browsers refuse the site`
      : `the certificate ${path} expires on ${dated(is.until)}: renew it`,
  ]
}

/**
 * Sent: the certificate with its key, which only root can read; one file, so that Apache never sees one without the other.
 * On the host: nothing to change.
 *
 * @param site whose names it must be for
 * @param tls where it lies
 * Refuses with CERTIFICATE_UNREADABLE, CERTIFICATE_MISMATCH or CERTIFICATE_NAME what lies on the host and cannot be used.
 */
export const certificate = ({ serverName }: Pick<Site, 'serverName'>, { certificate: path, key, sent }: Tls): Step => {
  const title = `Certificate ${path}`
  if (sent !== undefined) {
    return secretFiles({
      id: 'tls.certificate',
      why: 'checked on this computer; with its key, which only root can read',
      title,
      files: [{ path, access: rootOwned('0600') }],
      ...sent,
      triggers: ['apache.reload'],
    })
  }
  return defineStep({
    id: 'tls.certificate',
    why: "the host's own: looked at, for Apache would end with one that it cannot use",
    title,
    probes: { state: certificateAt(path, key) },
    plan: () => [],
    refuse: ({ state: { certificate: is } }) => {
      if (is === null) return [noCertificate(path)]
      if (is.fault !== null) return [unusable(path, is.fault)]
      return is.names.some((name) => covers(name, serverName)) ? [] : [forAnother(path, serverName, is.names)]
    },
    notes: ({ state }) => lateness(path, state.certificate),
  })
}
