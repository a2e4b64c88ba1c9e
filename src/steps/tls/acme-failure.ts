import type { Answer } from '../../core/command.js'
import { DeployError, type ErrorCode } from '../../errors.js'

interface Known {
  readonly sign: RegExp
  readonly code: ErrorCode
  readonly what: string
  readonly remedy: string
}

const again = 'then run this again; the site goes on as it was'

const known: readonly Known[] = [
  {
    sign: /error:rateLimited|too many (certificates|failed authorizations|registrations|new orders|requests)/i,
    code: 'ACME_RATE_LIMITED',
    what: 'the authority gives no further certificate for the time being',
    remedy: `wait as long as it says, ${again}; "tls.acme.server" may name its test server meanwhile`,
  },
  {
    sign: /Failed authorization procedure|Some challenges have failed|error:(unauthorized|dns|connection|caa)\b/,
    code: 'ACME_CHALLENGE_FAILED',
    what: 'the authority did not find at port 80 of the name what proves that this host has it',
    remedy: `see that the name leads to this host and that port 80 can be reached from outside, ${again}`,
  },
  {
    sign: /Another instance of Certbot is already running/,
    code: 'ACME_FAILED',
    what: 'another certbot is running on the host',
    remedy: `wait until it has ended (ps axf), ${again}`,
  },
  {
    sign: /CERTIFICATE_VERIFY_FAILED|certificate verify failed/,
    code: 'ACME_FAILED',
    what: 'the host does not trust the authority that "tls.acme.server" names',
    remedy: `put its root certificate into /usr/local/share/ca-certificates of the host, run update-ca-certificates, ${again}`,
  },
  {
    sign: /ConnectionError|Max retries exceeded|NewConnectionError|Temporary failure in name resolution/,
    code: 'ACME_FAILED',
    what: 'the authority cannot be reached from the host',
    remedy: `see that the host may open connections by HTTPS, and that "tls.acme.server" is right, ${again}`,
  },
]

const unknown: Omit<Known, 'sign'> = {
  code: 'ACME_FAILED',
  what: 'certbot obtained no certificate',
  remedy: `read its words above, and /var/log/letsencrypt/letsencrypt.log of the host, ${again}`,
}

/** What certbot has said, and what it means. */
export const acmeFailed = ({ stdout, stderr }: Answer): DeployError => {
  const said = `${stdout}\n${stderr}`.trim()
  const { code, what, remedy } = known.find(({ sign }) => sign.test(said)) ?? unknown
  return new DeployError(code, { what, evidence: said.split('\n').slice(-30).join('\n'), remedy })
}
