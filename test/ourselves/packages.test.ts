import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')

const entry = z.object({
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
})
const { packages } = z.object({ packages: z.record(z.string(), entry) }).parse(JSON.parse(read('package-lock.json')))
const locked = Object.entries(packages).filter(([place]) => place !== '')
const nameOf = (place: string): string => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)

const property = z.object({ name: z.string(), value: z.string() })
const component = z.object({ name: z.string(), version: z.string(), properties: z.array(property).default([]) })
const bill = z.object({ bomFormat: z.literal('CycloneDX'), components: z.array(component) })

const versions = z.record(z.string(), z.string())
const { dependencies, devDependencies, scripts } = z
  .object({ dependencies: versions, devDependencies: versions, scripts: versions })
  .parse(JSON.parse(read('package.json')))

describe('the packages that we are made of', () => {
  it('are known by their content: each has the hash that it must have', () => {
    expect(locked.length).toBeGreaterThan(100)
    expect(
      locked.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? '')).map(([place]) => place),
    ).toEqual([])
  })

  it('come from one registry, whichever npm is set to: no URL, no repository, no folder', () => {
    const origins = locked.flatMap(([, { resolved }]) => (resolved === undefined ? [] : [new URL(resolved).origin]))
    expect(new Set(origins).size).toBeLessThanOrEqual(1)
    expect(locked.filter(([, { link }]) => link === true)).toEqual([])
    const asked = Object.values({ ...dependencies, ...devDependencies })
    expect(asked.filter((range) => !/^\^\d+\.\d+\.\d+$/.test(range))).toEqual([])
  })

  it('run nothing when they are installed here, and those that would are known', () => {
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true')
    const would = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([place]) => nameOf(place))
    // all try to compile something that is faster, and are whole without it
    expect(would.sort()).toEqual(['cpu-features', 'msgpackr-extract', 'ssh2'])
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare|publish)/.test(name))).toEqual([])
  })

  it('are all in the bill of materials that npm run sbom prints; those that only develop it are marked', () => {
    expect(scripts['sbom']).toMatch(/^npm sbom /)
    const text = execFileSync('npm', ['run', '--silent', 'sbom'], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
    const told = bill.parse(JSON.parse(text)).components.map(({ name, version, properties }) => ({
      id: `${name}@${version}`,
      develops: properties.some((property) => property.name.endsWith(':development') && property.value === 'true'),
    }))
    const installed = locked.filter(([, { dev, optional }]) => dev !== true && optional !== true)
    const wanted = new Set(installed.map(([place, { version }]) => `${nameOf(place)}@${version}`))
    const used = new Set(told.filter(({ develops }) => !develops).map(({ id }) => id))
    expect([...wanted].filter((id) => !used.has(id))).toEqual([])
    expect(Object.keys(dependencies).filter((name) => ![...wanted].some((id) => id.startsWith(`${name}@`)))).toEqual([])
    expect(told.find(({ id }) => id.startsWith('vitest@'))).toMatchObject({ develops: true })
  })
})

describe('docs/dependencies.md', () => {
  const rows = [...read('docs/dependencies.md').matchAll(/^\| `([^`]+)` +\| ([\d.]+) +\|(.*)\|$/gm)].map(
    ([, name = '', version = '', rest = '']) => ({ name, version, cells: rest.split('|').map((cell) => cell.trim()) }),
  )

  it('tells of each package that we name, and of no other, with its version', () => {
    const wanted = Object.keys({ ...dependencies, ...devDependencies }).map((name) => [
      name,
      packages[`node_modules/${name}`]?.version,
    ])
    expect(rows.map(({ name, version }) => [name, version]).sort()).toEqual(wanted.sort())
  })

  it('says of each why it is there, how large it is, who keeps it, when it was released, and what would take its place', () => {
    for (const { name, cells } of rows) {
      expect(cells, name).toHaveLength(5)
      expect(
        cells.filter((cell) => cell === ''),
        name,
      ).toEqual([])
      expect(cells[1], name).toMatch(/^\d+ kB/)
      expect(cells[3], name).toMatch(/^20\d\d-\d\d$/)
    }
  })
})
