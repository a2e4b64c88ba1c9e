import { describe, expect, it } from 'vitest'
import { sha256 } from '../../src/config/content-hash.js'
import { readFlags } from '../../src/config/load.js'
import { resolveSite } from '../../src/config/site.js'
import { folderWith, refusal } from './folders.js'

const base = `version: 1
host: a.test
site: shop
server-name: shop.test
wsgi: shop.web:create_app()
`

const wheel = 'dist/shop-1.0-py3-none-any.whl'
const tree = { [wheel]: 'wheel', 'dist/shop-0.9-py3-none-any.whl': 'older', 'README.md': '', 'dist/shop.whl': '' }

const resolved = (lines: string, file = wheel) => {
  const { flags, where } = readFlags(`${base}code: {package: ${file}}\n${lines}`, 'f.yml')
  return resolveSite(flags, { directory: folderWith(tree), env: {}, now: new Date('2026-11-24T20:13:00Z'), where })
}

const hash = sha256('wheel')
const place = `/srv/shop/wheels/${hash}/shop-1.0-py3-none-any.whl`

describe('code: {package: FILE}', () => {
  it('is a release of this one file, which pip installs', async () => {
    const { site } = await resolved('')
    expect(site.code).toMatchObject({ kind: 'folder', files: 1, bytes: 5, isPackage: true })
    expect(site.requirements).toEqual({
      text: `shop @ file://${place}\n`,
      packages: [{ path: 'shop-1.0-py3-none-any.whl', place, sha256: hash }],
    })
  })

  it('may be pinned by a list of requirements', async () => {
    const { site } = await resolved('requirements: [Flask==2.0.3]')
    expect(site.requirements.text).toBe(`Flask==2.0.3\nshop @ file://${place}\n`)
  })

  it.each([
    ['requirements: requirements.txt', wheel, 'requirements: a package says itself what it needs'],
    ['venv: /srv/venv', wheel, 'venv: a package has an environment that is named by what it holds'],
    ['', 'dist/shop.whl', 'code.package: must be a wheel or a source distribution'],
    ['', 'README.md', 'code.package: must be a wheel or a source distribution'],
    ['static: {/static/: shop/static}', wheel, 'static./static/: shop/static is no folder in'],
  ])('%s with %s is refused', async (lines, file, message) => {
    const error = await refusal(() => resolved(lines, file))
    expect([error.code, error.fault.evidence]).toEqual(['SOURCE_INVALID', expect.stringContaining(message)])
  })

  it('that is not there is told with its path', async () => {
    const error = await refusal(() => resolved('', 'dist/shop-2.0.tar.gz'))
    expect(error.code).toBe('PROJECT_UNREADABLE')
    expect(error.fault.where).toMatch(/dist\/shop-2\.0\.tar\.gz$/)
  })
})
