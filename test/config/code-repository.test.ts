import { describe, expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { resolveSite, type Resolved } from '../../src/config/site.js'
import type { CheckedOut, RepositoryCode } from '../../src/core/repository.js'
import { folderWith, refusal, type Tree } from './folders.js'

const file = `version: 1
host: a.test
site: shop
server-name: shop.test
code: { git: 'git@git.test:shop.git', ref: v1, subfolder: app }
wsgi: shop:app
`

const origin = { git: 'git@git.test:shop.git', ref: 'v1', commit: 'c'.repeat(40) }

interface Told {
  readonly asked: RepositoryCode[]
}

/** A site whose repository holds this. */
const resolved = (tree: Tree, more: Partial<CheckedOut> = {}, told: Told = { asked: [] }): Promise<Resolved> => {
  const { flags, where } = readFlags(file, 'f.yml')
  const checkOut = (wanted: RepositoryCode): Promise<CheckedOut> => {
    told.asked.push(wanted)
    return Promise.resolve({ folder: folderWith(tree), origin, submodules: [], pointers: [], ...more })
  }
  return resolveSite(flags, { directory: '/', env: {}, now: new Date(0), where, checkOut })
}

const app = { 'shop.py': 'app = 1\n', 'requirements.txt': 'Flask==2.0.3\n' }

describe('code in a repository', () => {
  it('is read as a folder is, and says where it comes from', async () => {
    const told: Told = { asked: [] }
    const { site, notes } = await resolved({ ...app, '.deployignore': 'tests\n', 'tests/a.py': '' }, {}, told)
    expect(told.asked).toEqual([{ git: origin.git, ref: 'v1', subfolder: 'app' }])
    expect(site.code).toMatchObject({ kind: 'folder', files: 2, origin })
    expect(site.requirements).toMatchObject({ file: 'requirements.txt', text: 'Flask==2.0.3\n' })
    expect(notes).toEqual([])
  })

  it('has the same hash as the same files in a folder', async () => {
    const { flags } = readFlags(file.replace(/code: .*/, 'code: { folder: . }'), 'f.yml')
    const folder = await resolveSite(flags, { directory: folderWith(app), env: {}, now: new Date(0) })
    const repository = await resolved(app)
    const hashOf = ({ site: { code } }: Resolved) => (code.kind === 'folder' ? code.hash : undefined)
    expect(hashOf(repository)).toBe(hashOf(folder))
  })

  it.each([
    ['vendor/lib', app],
    ['vendor/lib', { ...app, '.gitignore': '*.pyc\n', '.deployignore': 'docs\n' }],
    ['docs/theme', { ...app, 'docs/.gitignore': 'build\n' }],
  ])('is refused with the submodule %s, which would not be there', async (submodule, tree: Tree) => {
    const error = await refusal(() => resolved(tree, { submodules: [submodule] }))
    expect(error).toMatchObject({ code: 'GIT_SUBMODULES', fault: { where: origin.git } })
    expect(error.fault.what).toContain(submodule)
  })

  it.each([
    ['docs/theme', { ...app, '.deployignore': 'docs\n' }],
    ['docs/theme', { ...app, '.deployignore': '/docs/theme/\n' }],
    ['docs/theme', { ...app, 'docs/.gitignore': 'theme\n', 'docs/index.md': '' }],
  ])('may have the submodule %s where that stays at home anyhow', async (submodule, tree: Tree) => {
    const { site } = await resolved(tree, { submodules: [submodule] })
    expect(site.name).toBe('shop')
  })

  it('is said to hold pointers of Git LFS, of those that are sent', async () => {
    const pointers = ['static/logo.png', 'docs/film.mp4']
    const tree = { ...app, 'static/logo.png': 'version', 'docs/film.mp4': 'version', '.deployignore': 'docs\n' }
    const { notes } = await resolved(tree, { pointers })
    expect(notes).toEqual([expect.stringMatching(/^static\/logo\.png: sent as pointers of Git LFS/)])
  })
})
