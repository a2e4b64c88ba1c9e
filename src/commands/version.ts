import { existsSync, readFileSync } from 'node:fs'

/** From package.json, which is one folder further up once this is compiled. */
export const version = (): string => {
  const places = ['../../../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url))
  for (const place of places) {
    if (!existsSync(place)) continue
    const found: unknown = JSON.parse(readFileSync(place, 'utf8'))
    if (typeof found !== 'object' || found === null || !('name' in found) || !('version' in found)) continue
    if (found.name === 'deploy-flask' && typeof found.version === 'string') return found.version
  }
  return 'unknown'
}
