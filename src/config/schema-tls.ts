import { z } from 'zod'
import * as text from './fields.js'
import { secretReference } from './schema-secret.js'

const placed = (description: string) =>
  z
    .union([text.hostPath, secretReference], {
      error: 'must be an absolute path on the host, or {file: PATH} or {env: NAME} of this computer',
    })
    .optional()
    .meta({ description })

const acme = z
  .strictObject({
    email: text
      .matching(/^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/, 'must be an email address', 254)
      .meta({ description: 'Where the authority writes to when a certificate is about to expire' }),
    agree: z.literal(true, 'must be true: without it the authority gives no certificate').meta({
      description: 'You agree to the terms of the authority',
    }),
    server: text
      .matching(/^https:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?(\/[A-Za-z0-9._~/-]*)?$/, 'must be an https:// URL', 512)
      .optional()
      .meta({ description: "Directory of the authority; default: that of Let's Encrypt" }),
  })
  .optional()
  .meta({ description: 'Let certbot on the host obtain and renew the certificate, through the port 80 of the site' })

/** HTTPS, beside or instead of HTTP. */
export const tls = z
  .strictObject({
    certificate: placed(
      'Certificate of the site and those in between, the own one first: {file: PATH} or {env: NAME} of this computer to ' +
        'be sent, or the absolute path of a file on the host',
    ),
    key: placed('Private key of that certificate, without a passphrase; only root can read it on the host'),
    acme,
    port: text.port.default(443).meta({ description: 'Port of the virtual host for HTTPS' }),
    redirect: z
      .boolean()
      .default(true)
      .meta({ description: 'Every request by HTTP is answered with a redirect to the same URL by HTTPS' }),
    hsts: z.int().min(0).max(63_072_000).optional().meta({
      description:
        'Seconds for which browsers refuse to use HTTP again (Strict-Transport-Security); 0 takes that back in browsers',
    }),
  })
  .meta({ description: 'HTTPS: by a certificate of yours, or by one that certbot obtains' })
