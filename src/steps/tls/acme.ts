import type { InputlessCommand } from '../../core/command.js'
import { renewalFile } from '../../core/host-paths.js'
import type { Site } from '../../core/site.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import type { Acme, Tls } from '../../core/tls.js'
import { certificateAt, type CertificateState } from '../../probes/certificate.js'
import { acmeFailed } from './acme-failure.js'

/** What certbot takes when nobody names another one. */
const usualServer = 'https://acme-v02.api.letsencrypt.org/directory'

type Named = Pick<Site, 'serverName' | 'serverAliases'>

const namesOf = ({ serverName, serverAliases }: Named): readonly string[] => [serverName, ...serverAliases]

/** Why another one is needed; undefined: it is as wanted. certbot renews what still lasts by itself. */
const reasonFor = (site: Named, { server = usualServer }: Acme, is: CertificateState): string | undefined => {
  const { certificate } = is
  if (certificate === null) return 'by certbot, which renews it by itself'
  if (certificate.fault !== null) return `the one that is there cannot be used: ${certificate.fault.said}`
  const wanted = namesOf(site).toSorted().join(', ')
  if (certificate.names.toSorted().join(', ') !== wanted) return `it is to be for ${wanted}`
  if (is.server !== null && is.server !== server) return `it is to be from ${server}`
  if (certificate.lasts === 'long') return undefined
  return 'it was not renewed in time: look at "systemctl status certbot.timer" of the host'
}

const certbot = (site: Named, acme: Acme, anew: boolean): InputlessCommand => ({
  argv: [
    'certbot',
    ...['certonly', '--non-interactive', '--agree-tos', '--no-eff-email', '--email', acme.email],
    ...['--webroot', '--webroot-path', acme.webroot, '--cert-name', acme.lineage],
    ...namesOf(site).flatMap((name) => ['--domain', name]),
    ...(acme.server === undefined ? [] : ['--server', acme.server]),
    ...['--renew-with-new-domains', anew ? '--force-renewal' : '--keep-until-expiring'],
  ],
  as: 'root',
  seconds: 600,
  lasting: true,
})

/**
 * certbot obtains the certificate (certbot: User Guide, Webroot), and renews it from then on. It configures nothing of
 * Apache's: it would copy the virtual host, process groups included.
 *
 * @param site the names that it is for
 * @param tls where it will be
 * @param acme whom it is asked of, and how
 * Fails with ACME_CHALLENGE_FAILED, ACME_RATE_LIMITED or ACME_FAILED; the site goes on as it was.
 */
export const acme = (site: Named, { certificate, key }: Tls, acme: Acme): Step =>
  defineStep({
    id: 'tls.acme',
    why: 'when the site answers by HTTP, where the authority asks; certbot changes nothing of Apache',
    title: `Certificate of ${namesOf(site).join(', ')}`,
    probes: { state: certificateAt(certificate, key, renewalFile(acme.lineage)) },
    plan: ({ state }): readonly Change[] => {
      const reason = reasonFor(site, acme, state)
      if (reason === undefined) return []
      return [
        {
          kind: state.certificate === null ? 'create' : 'update',
          subject: `certificate ${acme.lineage}`,
          reason,
          run: [certbot(site, acme, state.certificate !== null)],
          inert: true,
          stays: `the certificate in ${certificate} stays: authorities give only a few of them`,
          explain: acmeFailed,
        },
      ]
    },
    triggers: ['apache.reload-https'],
  })
