import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { buildDeb, type Deb } from './deb.js'

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex')

/** A throwaway key. */
export interface Key {
  /** What apt takes for trusted. */
  readonly publicKey: Buffer
  clearSign(text: string): Promise<string>
  remove(): Promise<void>
}

export const makeKey = async (name: string): Promise<Key> => {
  const home = await mkdtemp(join(tmpdir(), 'deploy-flask-gpg-'))
  const gpg = ['--homedir', home, '--batch', '--quiet', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', '']
  await execa('gpg', [...gpg, '--quick-generate-key', `${name} <nobody@example.com>`, 'rsa2048', 'sign', 'never'])
  const { stdout } = await execa('gpg', [...gpg, '--export'], { encoding: 'buffer' })
  return {
    publicKey: Buffer.from(stdout),
    clearSign: async (text) => `${(await execa('gpg', [...gpg, '--clear-sign'], { input: text })).stdout}\n`,
    remove: async () => {
      await execa('gpgconf', ['--homedir', home, '--kill', 'all'], { reject: false })
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** When the list says that it was made, and until when it may be believed. */
export interface Dates {
  readonly date?: Date
  readonly validUntil?: Date
}

const utc = (date: Date): string => date.toUTCString().replace('GMT', 'UTC')

const release = (
  packages: string,
  { date = new Date(Date.now() - 3_600_000), validUntil }: Dates,
): string => `Origin: Tests
Suite: bionic
Codename: bionic
Date: ${utc(date)}
${validUntil === undefined ? '' : `Valid-Until: ${utc(validUntil)}\n`}Architectures: amd64 all
Components: main
SHA256:
 ${sha256(packages)} ${packages.length} main/binary-amd64/Packages
`

/** A repository as apt asks for it: what lies at which path. */
export const repository = async (
  debs: readonly Deb[],
  key: Key,
  dates: Dates = {},
): Promise<ReadonlyMap<string, Buffer>> => {
  const files = new Map<string, Buffer>()
  const paragraphs: string[] = []
  for (const deb of debs) {
    const { paragraph, content } = await buildDeb(deb)
    const path = `pool/${deb.name}_${deb.version}_all.deb`
    files.set(path, content)
    paragraphs.push(`${paragraph}Filename: ${path}\nSize: ${content.length}\nSHA256: ${sha256(content)}\n`)
  }
  const packages = paragraphs.join('\n')
  files.set('dists/bionic/main/binary-amd64/Packages', Buffer.from(packages))
  files.set('dists/bionic/InRelease', Buffer.from(await key.clearSign(release(packages, dates))))
  return files
}
