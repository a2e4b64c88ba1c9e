import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'

export interface Deb {
  readonly name: string
  readonly version: string
  /** Further fields of its control file. */
  readonly fields?: Readonly<Record<string, string>>
  /** Maintainer scripts and other control files, by name: `postinst`. */
  readonly control?: Readonly<Record<string, string>>
  /** Absolute paths with their content; those in /etc are configuration files. */
  readonly files?: Readonly<Record<string, string | Buffer>>
}

const fieldsOf = ({ name, version, fields }: Deb): string =>
  Object.entries({
    Package: name,
    Version: version,
    Architecture: 'all',
    Maintainer: 'Nobody <nobody@example.com>',
    Description: 'Package of a test',
    ...fields,
  })
    .map(([field, value]) => `${field}: ${value}\n`)
    .join('')

const scripts = ['preinst', 'postinst', 'prerm', 'postrm', 'config']

/** Builds it; answers with the file, and with its paragraph for an index (without what depends on the repository). */
export const buildDeb = async (deb: Deb): Promise<{ readonly paragraph: string; readonly content: Buffer }> => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-deb-'))
  const put = async (path: string, content: string | Buffer, mode = 0o644): Promise<void> => {
    const file = join(folder, 'root', path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content)
    await chmod(file, mode)
  }
  try {
    const paragraph = fieldsOf(deb)
    await put('DEBIAN/control', paragraph)
    const conffiles = Object.keys(deb.files ?? {}).filter((path) => path.startsWith('/etc/'))
    if (conffiles.length > 0) await put('DEBIAN/conffiles', conffiles.map((path) => `${path}\n`).join(''))
    for (const [name, text] of Object.entries(deb.control ?? {}))
      await put(`DEBIAN/${name}`, text, scripts.includes(name) ? 0o755 : 0o644)
    for (const [path, content] of Object.entries(deb.files ?? {})) await put(path, content)
    const file = join(folder, 'a.deb')
    await execa('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', join(folder, 'root'), file])
    return { paragraph, content: await readFile(file) }
  } finally {
    await rm(folder, { recursive: true })
  }
}
