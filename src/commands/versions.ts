import { existsSync, readFileSync } from 'node:fs'
import { arch, platform, release } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { visible } from '../core/sanitise.js'
import { runLocally } from '../transport/local.js'
import { version } from './version.js'

declare const BUNDLED_VERSIONS: Readonly<Record<string, string>> | undefined

/** What is inside the bundle, whatever is installed beside it. */
const bundled = typeof BUNDLED_VERSIONS === 'undefined' ? {} : BUNDLED_VERSIONS

const libraries = ['ssh2', 'node-ssh', 'listr2', 'inquirer', 'zod', 'yaml', 'commander'] as const

/** The way that Node goes, up through all node_modules; a package need not let its package.json be imported. */
const installed = (name: string, folder = dirname(fileURLToPath(import.meta.url))): string | undefined => {
  const file = join(folder, 'node_modules', name, 'package.json')
  if (existsSync(file)) {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return typeof found === 'object' && found !== null && 'version' in found ? String(found.version) : undefined
  }
  return dirname(folder) === folder ? undefined : installed(name, dirname(folder))
}

const system = (): string => {
  const name = existsSync('/etc/os-release')
    ? /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
    : undefined
  return `${name === undefined ? '' : `${name}, `}${platform()} ${release()} ${arch()}`
}

const ssh = async (): Promise<string> => {
  const { stdout, stderr, missing } = await runLocally('ssh', ['-V'])
  return missing ? 'not found' : (`${stdout}${stderr}`.trim().split('\n')[0] ?? '')
}

/** What a bug report needs to know. */
export const versionsText = async (): Promise<string> => {
  const rows: readonly (readonly [string, string])[] = [
    ['deploy-flask', version()],
    ['node', process.versions.node],
    ['system', system()],
    ['ssh', await ssh()],
    ...libraries.map((name) => [name, bundled[name] ?? installed(name) ?? 'not found'] as const),
  ]
  return rows.map(([name, value]) => `${name.padEnd(14)}${visible(value)}\n`).join('')
}
