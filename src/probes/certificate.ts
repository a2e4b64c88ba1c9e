import { z } from 'zod'
import type { Answer } from '../core/command.js'
import type { Probe } from '../core/probe.js'
import { quote } from '../core/quote.js'
import { judging } from './ask-script.js'
import { list, readAs, text } from './facts.js'

const found = z.object({
  /** `ending`: in less than 14 days. */
  lasts: z.enum(['long', 'ending', 'expired']),
  /** When it expires, seconds since 1970. */
  until: z.number(),
  issuer: text,
  /** Alternative names. */
  names: list(text),
  /** Why Apache could not start with it, and in the words of OpenSSL. */
  fault: z.object({ why: z.enum(['mismatch', 'unreadable']), said: text }).nullable(),
})

export const certificateForm = found.nullable()

export type FoundCertificate = z.output<typeof certificateForm>

const state = z.object({ certificate: certificateForm, server: text.nullable() })

export type CertificateState = z.output<typeof state>

/** `server`: the authority that certbot notes for it. */
export const certificateScript = String.raw`
import json, os, re, ssl, sys, time
${judging}
def server(path):
    if not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8", errors="replace") as opened:
        said = re.search(r"(?m)^server\s*=\s*(\S+)", opened.read())
    return said.group(1) if said else None

print(json.dumps({"certificate": certificate(sys.argv[1], sys.argv[2]), "server": server(sys.argv[3])}))
`

/** The words of a command that looks at a certificate on the host. */
export const certificateArgv = (
  certificate: string,
  key: string = certificate,
  renewal = '',
): readonly [string, ...string[]] => ['python3', '-I', '-S', '-c', certificateScript, certificate, key, renewal]

export const readCertificate = ({ stdout }: Answer): CertificateState => readAs('certificate', state, stdout)

/**
 * What a certificate on the host is, and whether Apache could use it.
 *
 * @param certificate absolute path: the chain, the site's own first
 * @param key absolute path of its key; default: it is in the same file
 * @param renewal file in which certbot notes how it was obtained
 */
export const certificateAt = (certificate: string, key?: string, renewal?: string): Probe<CertificateState> => ({
  ask: { sh: certificateArgv(certificate, key, renewal).map(quote).join(' ') },
  as: 'root',
  parse: readCertificate,
})
