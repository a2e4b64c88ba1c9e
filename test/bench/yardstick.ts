import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import ignore from 'ignore'
import { vagrantFolder } from '../../vagrant/cache.js'

/** What the script must know of a site. The bench's own type: the yardstick shares nothing with the tool. */
export interface Deployment {
  readonly site: string
  readonly serverName: string
  /** Folder on this computer with requirements.txt in it; `.gitignore` and `.deployignore` in it are honoured. */
  readonly codeFolder: string
  /** `module:object` or `module:factory()`. */
  readonly wsgi: string
  readonly settings: Readonly<Record<string, string>>
  /** Absolute path of the SQLite file on the host. */
  readonly database: string
  readonly init: string
  readonly static: { readonly url: string; readonly folder: string }
  readonly checkPath: string
}

interface Entry {
  /** As find(1) prints it: `.`, `./notes/__init__.py`. */
  readonly path: string
  readonly kind: 'd' | 'f' | 'l'
  readonly mode: '755' | '644' | '777'
  readonly target: string
}

async function entriesOf(folder: string): Promise<readonly Entry[]> {
  const rules = ignore()
  for (const name of ['.gitignore', '.deployignore']) {
    rules.add(await readFile(join(folder, name), 'utf8').catch(() => ''))
  }
  const entries: Entry[] = []
  const visit = async (relative: string): Promise<void> => {
    const path = join(folder, relative)
    const found = await lstat(path)
    if (relative !== '' && rules.ignores(found.isDirectory() ? `${relative}/` : relative)) return
    if (/[\\\n]/.test(relative)) throw new Error(`${path}: sha256sum would write this name differently`)
    const name = relative === '' ? '.' : `./${relative}`
    if (found.isDirectory()) {
      entries.push({ path: name, kind: 'd', mode: '755', target: '' })
      for (const child of await readdir(path)) await visit(relative === '' ? child : `${relative}/${child}`)
    } else if (found.isSymbolicLink()) {
      entries.push({ path: name, kind: 'l', mode: '777', target: await readlink(path) })
    } else {
      entries.push({ path: name, kind: 'f', mode: found.mode & 0o111 ? '755' : '644', target: '' })
    }
  }
  await visit('')
  return entries
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')

/** As sort(1) does in the C locale. */
const sorted = (lines: readonly string[]) => [...lines].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** What `hash_of_code` in yardstick.sh prints for the same tree. */
async function hashOf(folder: string, entries: readonly Entry[]): Promise<string> {
  const attributes = entries.map(({ kind, mode, path, target }) => `${kind} ${mode} 0:0 ${path} ${target}`)
  const contents: string[] = []
  for (const path of sorted(entries.filter(({ kind }) => kind === 'f').map((entry) => entry.path))) {
    contents.push(`${sha256(await readFile(join(folder, path)))}  ${path}`)
  }
  return sha256([...sorted(attributes), ...contents].map((line) => `${line}\n`).join(''))
}

function pack(folder: string, entries: readonly Entry[]): Promise<Buffer> {
  const options = ['--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX', '--no-recursion']
  return new Promise((resolve, reject) => {
    const tar = execFile(
      'tar',
      ['-C', folder, ...options, '--null', '-T', '-', '-czf', '-'],
      { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 },
      (error, stdout) => (error === null ? resolve(stdout) : reject(new Error('tar failed', { cause: error }))),
    )
    tar.stdin?.end(entries.map(({ path }) => `${path}\0`).join(''))
  })
}

const quote = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`

/** The script for one site, complete: send it to `bash -s` on the host, as root. */
export async function yardstickScript(deployment: Deployment): Promise<string> {
  const { codeFolder } = deployment
  const entries = await entriesOf(codeFolder)
  const values = {
    site: deployment.site,
    server_name: deployment.serverName,
    application: deployment.wsgi,
    code_hash: await hashOf(codeFolder, entries),
    requirements_hash: sha256(await readFile(join(codeFolder, 'requirements.txt'))).slice(0, 12),
    settings_json: JSON.stringify(deployment.settings, null, 2),
    database: deployment.database,
    init: deployment.init,
    static_url: deployment.static.url,
    static_folder: deployment.static.folder,
    check_path: deployment.checkPath,
  }
  const head = Object.entries(values).map(([name, value]) => `${name}=${quote(value)}\n`)
  const body = await readFile(join(vagrantFolder, '../test/bench/yardstick.sh'), 'utf8')
  const code = (await pack(codeFolder, entries)).toString('base64').replace(/.{76}/g, '$&\n')
  return `${head.join('')}${body}${code}\n`
}
