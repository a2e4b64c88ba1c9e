import { existsSync, readFileSync } from 'node:fs'

interface Package {
  readonly folder: URL
  readonly version: string
}

/** It is one folder further up once this is compiled. */
const ownPackage = (): Package | undefined => {
  for (const folder of ['../../../', '../../'].map((path) => new URL(path, import.meta.url))) {
    const file = new URL('package.json', folder)
    if (!existsSync(file)) continue
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof found !== 'object' || found === null || !('name' in found) || !('version' in found)) continue
    if (found.name === 'deploy-flask' && typeof found.version === 'string') return { folder, version: found.version }
  }
  return undefined
}

/** With package.json, examples and playbooks in it. */
export const packageFolder = (): URL | undefined => ownPackage()?.folder

export const version = (): string => ownPackage()?.version ?? 'unknown'
