import type { Guard } from '../../core/handler.js'
import { DeployError } from '../../errors.js'
import { certificateArgv, readCertificate, type FoundCertificate } from '../../probes/certificate.js'

type Fault = NonNullable<NonNullable<FoundCertificate>['fault']>

/** Why Apache could not start with a certificate. */
export const unusable = (path: string, { why, said }: Fault): DeployError =>
  why === 'mismatch'
    ? new DeployError('CERTIFICATE_MISMATCH', {
        what: `the key does not belong to the certificate ${path}: Apache would end at the next reload`,
        where: path,
        evidence: said,
        remedy: 'give the key that the certificate was requested with',
      })
    : new DeployError('CERTIFICATE_UNREADABLE', {
        what: `Apache could not use the certificate ${path}, or its key: it would end at the next reload`,
        where: path,
        evidence: said,
        remedy: 'give both in PEM, the key without a passphrase, and the paths as they are on the host',
      })

export const noCertificate = (path: string): DeployError =>
  new DeployError('CERTIFICATE_UNREADABLE', {
    what: `the host has no certificate ${path}`,
    where: path,
    remedy: 'put it there, or let "tls.certificate" refer to a file of this computer: {file: PATH}',
  })

/**
 * configtest says "Syntax OK" to a key that does not belong to its certificate, and Apache ends at the reload.
 *
 * @param certificate absolute path
 * @param key absolute path; default: in the same file
 */
export const certificateGuard = (certificate: string, key?: string): Guard => ({
  title: 'Apache can use the certificate',
  command: () => ({
    argv: certificateArgv(certificate, key),
    as: 'root',
    label: `look whether ${certificate} and its key belong together`,
  }),
  judge(answer) {
    const { certificate: found } = readCertificate(answer)
    // none yet: the virtual host does not name it either
    return found?.fault == null ? undefined : unusable(certificate, found.fault)
  },
})
