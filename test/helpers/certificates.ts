import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const openssl = (folder: string, ...args: readonly string[]): string =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

export interface Made {
  readonly certificate: string
  readonly key: string
}

export interface Wish {
  /** Alternative names; none makes a certificate with a common name only. */
  readonly names?: readonly string[]
  /** Of OpenSSL, `-days` and the like; default: 90 days from now on. */
  readonly time?: readonly string[]
  /** It may issue others. */
  readonly authority?: true
}

/** An authority of its own, with what it has issued; made by OpenSSL. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'deploy-flask-test-'))
  readonly certificate: string
  #count = 0

  constructor() {
    const made = ['-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Test Authority', '-days', '3650']
    openssl(this.folder, 'req', '-x509', ...newKey, ...made)
    this.certificate = this.read('ca.crt')
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  /** `by`: an authority in between, which was issued before. */
  issue(common: string, { names = [common], time = ['-days', '90'], authority }: Wish = {}, by?: Made): Made {
    const name = `c${++this.#count}`
    openssl(this.folder, 'req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${common}`)
    const extensions = [
      ...(names.length === 0
        ? []
        : [`subjectAltName=${names.map((one) => (/^[0-9.]+$/.test(one) ? `IP:${one}` : `DNS:${one}`)).join()}`]),
      ...(authority === undefined ? [] : ['basicConstraints=critical,CA:true']),
    ]
    writeFileSync(join(this.folder, `${name}.ext`), extensions.join('\n'))
    if (by !== undefined) {
      writeFileSync(join(this.folder, 'by.crt'), by.certificate)
      writeFileSync(join(this.folder, 'by.key'), by.key)
    }
    const issuer = by === undefined ? 'ca' : 'by'
    openssl(
      this.folder,
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', `${issuer}.crt`, '-CAkey', `${issuer}.key`, '-CAcreateserial'],
      ...['-extfile', `${name}.ext`, '-out', `${name}.crt`, ...time],
    )
    return { certificate: this.read(`${name}.crt`), key: this.read(`${name}.key`) }
  }

  /** The same key, with a passphrase. */
  locked({ key }: Made): string {
    writeFileSync(join(this.folder, 'plain.key'), key)
    return openssl(this.folder, 'pkcs8', '-topk8', '-in', 'plain.key', '-passout', 'pass:secret')
  }
}
