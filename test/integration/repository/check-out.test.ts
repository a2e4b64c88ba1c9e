import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckedOut, RepositoryCode } from '../../../src/core/repository.js'
import { checkOut, type Surroundings } from '../../../src/repository/check-out.js'
import { refusal } from '../../config/folders.js'
import { Repository } from '../../helpers/repository.js'
import { startSshd, type Sshd } from '../../helpers/sshd.js'

let sshd: Sshd
let env: Readonly<Record<string, string>>
const cache = mkdtempSync(join(tmpdir(), 'checked-out-'))

beforeAll(async () => {
  sshd = await startSshd()
  const { PATH = '' } = process.env
  env = { PATH, HOME: sshd.directory, GIT_SSH_COMMAND: `ssh -F ${await sshd.config()}` }
})
afterAll(async () => {
  await sshd.stop()
  rmSync(cache, { recursive: true })
})

const urlOf = ({ folder }: Repository): string => `ssh://there${folder}`

const get = (
  repository: Repository,
  more: Omit<RepositoryCode, 'git'> = {},
  around: Partial<Surroundings> = {},
): Promise<CheckedOut> => checkOut({ git: urlOf(repository), ...more }, { env, cache, now: new Date(), ...around })

/** How often somebody has fetched, by the log of the server. */
const fetches = async (): Promise<number> => (await sshd.log()).split('Starting session: command for root').length

const app = { 'app.py': 'app = 1\n', 'bin/run': { mode: '100755', content: '#!/bin/sh\n' } } as const

describe('a commit of a repository that is reached by ssh', () => {
  it('comes as the files that git has, with their executable bits and links', async () => {
    const repository = new Repository()
    const commit = repository.commit({
      ...app,
      'static/grüße 日本.css': 'a {}\n',
      link: { mode: '120000', content: 'app.py' },
      '.gitattributes': '* text eol=crlf export-ignore\n',
    })
    const { folder, origin } = await get(repository, { ref: 'main' })
    expect(origin).toEqual({ git: urlOf(repository), ref: 'main', commit })
    expect(readdirSync(folder).sort()).toEqual(['.gitattributes', 'app.py', 'bin', 'link', 'static'])
    expect(readFileSync(join(folder, 'app.py'), 'utf8')).toBe('app = 1\n')
    expect(readFileSync(join(folder, 'static/grüße 日本.css'), 'utf8')).toBe('a {}\n')
    expect(readlinkSync(join(folder, 'link'))).toBe('app.py')
    expect(statSync(join(folder, 'bin/run')).mode & 0o111).not.toBe(0)
    expect(statSync(join(folder, 'app.py')).mode & 0o077).toBe(0)
  })

  it("is the repository's own branch, a branch, a tag of either kind, a full name or a commit, as asked", async () => {
    const repository = new Repository()
    const first = repository.commit({ 'app.py': '1\n' })
    repository.git(['tag', 'v1', first])
    repository.git(['tag', '-a', '-m', 'told', 'v1.1', first])
    repository.git(['update-ref', 'refs/pull/7/head', first])
    const second = repository.commit({ 'app.py': '2\n' })
    const side = repository.commit({ 'app.py': '3\n' }, 'feature/side')
    const found = async (ref?: string) => (await get(repository, ref === undefined ? {} : { ref })).origin
    expect(await found()).toMatchObject({ ref: 'main', commit: second })
    expect(await found('feature/side')).toMatchObject({ ref: 'feature/side', commit: side })
    for (const ref of ['v1', 'v1.1', 'refs/tags/v1.1', 'refs/pull/7/head', first]) {
      expect(await found(ref)).toMatchObject({ ref, commit: first })
    }
  })

  it('may be a folder of it', async () => {
    const repository = new Repository()
    repository.commit({ 'backend/app.py': '1\n', 'frontend/x.js': '' })
    expect(readdirSync((await get(repository, { subfolder: 'backend' })).folder)).toEqual(['app.py'])
    const missing = await refusal(() => get(repository, { subfolder: 'nowhere' }))
    expect(missing.fault.what).toBe('there is no folder nowhere in the commit')
  })

  it('may be of a repository with the longer hashes', async () => {
    const repository = new Repository('sha256')
    const commit = repository.commit(app)
    expect(commit).toHaveLength(64)
    for (const ref of ['main', commit]) expect((await get(repository, { ref })).origin.commit).toBe(commit)
  })

  it('is not fetched again, and by its full hash nobody is asked', async () => {
    const repository = new Repository()
    const commit = repository.commit(app)
    await get(repository)
    const before = await fetches()
    await get(repository, { ref: commit })
    expect(await fetches()).toBe(before)
    rmSync(repository.folder, { recursive: true })
    expect(await get(repository, { ref: commit })).toMatchObject({ origin: { commit } })
  })

  it('is fetched again when the copy was changed by hand', async () => {
    const repository = new Repository()
    const commit = repository.commit(app)
    const { folder } = await get(repository)
    const edits = [
      () => writeFileSync(join(folder, 'app.py'), 'app = 2\n'),
      () => rmSync(join(folder, 'bin'), { recursive: true }),
      () => writeFileSync(join(folder, 'more.py'), ''),
      () => writeFileSync(join(folder, '../listing'), ''),
      () => rmSync(folder, { recursive: true }),
    ]
    for (const edit of edits) {
      edit()
      await get(repository, { ref: commit })
      expect(readdirSync(folder).sort()).toEqual(['app.py', 'bin'])
      expect(readFileSync(join(folder, 'app.py'), 'utf8')).toBe('app = 1\n')
    }
  })

  it('is the one of the plan, also when its branch was moved or is gone', async () => {
    const repository = new Repository()
    repository.commit(app)
    const { origin } = await get(repository, { ref: 'main' })
    rmSync(cache, { recursive: true })
    repository.commit({ 'app.py': 'app = 2\n' })
    repository.git(['update-ref', 'refs/heads/kept', origin.commit])
    const applied = await get(repository, { ref: 'main' }, { planned: origin })
    expect(applied.origin).toEqual(origin)
    expect(readFileSync(join(applied.folder, 'app.py'), 'utf8')).toBe('app = 1\n')
  })

  it('leaves the last five of a repository, and nothing half done', async () => {
    const repository = new Repository()
    let last: CheckedOut | undefined
    for (let count = 0; count < 7; count++) {
      repository.commit({ 'app.py': `app = ${count}\n` })
      last = await get(repository, {}, { now: new Date(Date.now() + count * 1000) })
    }
    const copies = readdirSync(join(last?.folder ?? '', '../..'))
    expect(copies).toHaveLength(5)
    expect(copies).toContain(last?.origin.commit)
  })

  it('is brought once by runs that bring it at the same time', async () => {
    const repository = new Repository()
    const commit = repository.commit(app)
    const all = await Promise.all([1, 2, 3, 4].map(() => get(repository)))
    for (const { origin, folder } of all) {
      expect(origin.commit).toBe(commit)
      expect(readFileSync(join(folder, 'app.py'), 'utf8')).toBe('app = 1\n')
    }
  })

  it('names its submodules and the pointers of Git LFS', async () => {
    const repository = new Repository()
    repository.commit({
      ...app,
      'static/logo.png': 'version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n',
      'vendor/lib': { mode: '160000', content: 'a'.repeat(40) },
    })
    expect(await get(repository)).toMatchObject({ submodules: ['vendor/lib'], pointers: ['static/logo.png'] })
  })
})

describe('what git says comes as an error of ours', () => {
  it('a host whose key ssh does not know, or a login that it does not have', async () => {
    const repository = new Repository()
    repository.commit(app)
    const other = async (...lines: readonly string[]) => ({
      env: { ...env, GIT_SSH_COMMAND: `ssh -F ${await sshd.config(lines)}` },
    })
    const unknown = await refusal(async () => get(repository, {}, await other('UserKnownHostsFile /dev/null')))
    expect(unknown.code).toBe('GIT_HOST_KEY')
    expect(unknown.fault.evidence).toMatch(/Host key verification failed/)
    const locked = await refusal(async () => get(repository, {}, await other(`IdentityFile ${sshd.lockedKey}`)))
    expect(locked.code).toBe('GIT_LOGIN_FAILED')
  })

  it('a repository, a branch or a commit that is not there', async () => {
    const repository = new Repository()
    const gone = await refusal(() => checkOut({ git: 'ssh://there/nowhere' }, { env, cache, now: new Date() }))
    expect(gone.code).toBe('GIT_REPOSITORY_MISSING')
    expect((await refusal(() => get(repository))).fault.what).toBe('the repository is empty')
    const first = repository.commit(app)
    for (const ref of ['mian', 'a'.repeat(40), first.slice(0, 12), 'refs/heads/x']) {
      expect((await refusal(() => get(repository, { ref }))).code, ref).toBe('GIT_REF_MISSING')
    }
    repository.git(['tag', 'main', first])
    expect((await refusal(() => get(repository, { ref: 'main' }))).fault.remedy).toMatch(/refs\/heads\/main or/)
    const tree = repository.git(['rev-parse', `${first}^{tree}`])
    expect((await refusal(() => get(repository, { ref: tree }))).code).toBe('GIT_REF_MISSING')
    const blob = repository.git(['rev-parse', `${first}:app.py`])
    repository.git(['tag', 'file', blob])
    expect((await refusal(() => get(repository, { ref: 'file' }))).fault.what).toBe('file is no commit')
  })

  it('a server that is not there, and a git that is not', async () => {
    const repository = new Repository()
    const { env: away } = { env: { ...env, GIT_SSH_COMMAND: 'ssh -p 1 -F none' } }
    const refused = await refusal(() => checkOut({ git: 'ssh://127.0.0.1/x' }, { env: away, cache, now: new Date() }))
    expect(refused).toMatchObject({ code: 'GIT_UNREACHABLE', exitCode: 4 })
    const missing = await refusal(() => get(repository, {}, { env: { PATH: '/nowhere' } }))
    expect(missing.code).toBe('GIT_MISSING')
  })

  it('a folder for the copies that cannot be written', async () => {
    const repository = new Repository()
    repository.commit(app)
    const file = join(sshd.directory, 'a-file')
    writeFileSync(file, '')
    const error = await refusal(() => get(repository, {}, { cache: file }))
    expect(error).toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      fault: { where: expect.stringContaining(file) as string },
    })
  })
})

describe('a repository that means harm', () => {
  const canary = join(mkdtempSync(join(tmpdir(), 'canary-')), 'ran')
  const touch = `touch ${canary}`

  /** Refused or taken: nothing of it runs, and nothing lands beside the copy. */
  const harmless = async (work: () => Promise<unknown>): Promise<void> => {
    await work()
    expect(existsSync(canary)).toBe(false)
  }

  it('runs none of its hooks, filters, drivers and submodules', async () => {
    const repository = new Repository()
    repository.commit({
      ...app,
      '.gitattributes': '* filter=evil diff=evil merge=evil ident working-tree-encoding=UTF-16\n',
      '.gitconfig': `[filter "evil"]\n smudge = ${touch}\n[core]\n fsmonitor = ${touch}\n hooksPath = .githooks\n`,
      '.githooks/post-checkout': { mode: '100755', content: `#!/bin/sh\n${touch}\n` },
      config: `[core]\n fsmonitor = ${touch}\n sshCommand = ${touch}\n`,
      HEAD: 'ref: refs/heads/main\n',
      'objects/x': '',
      'refs/x': '',
      '.lfsconfig': `[lfs]\n url = ext::sh -c "${touch}"\n`,
    })
    for (const name of ['post-checkout', 'post-merge', 'reference-transaction', 'post-update'])
      repository.hook(name, touch)
    await harmless(async () => {
      const { folder } = await get(repository)
      expect(readFileSync(join(folder, 'app.py'), 'utf8')).toBe('app = 1\n')
    })
  })

  it('does not even run a filter that the operator has by that name', async () => {
    const home = mkdtempSync(join(tmpdir(), 'home-'))
    writeFileSync(
      join(home, '.gitconfig'),
      `[filter "lfs"]\n smudge = ${touch}; cat\n required = true\n process = ${touch}\n`,
    )
    const repository = new Repository()
    repository.commit({ ...app, '.gitattributes': '* filter=lfs\n' })
    await harmless(() => get(repository, {}, { env: { ...env, HOME: home } }))
  })

  it.each([
    [
      'a submodule that is a command',
      { '.gitmodules': `[submodule "x"]\n path = x\n url = ext::sh -c "${touch}"\n update = !${touch}\n` },
    ],
    ['a submodule with an option', { '.gitmodules': `[submodule "x"]\n path = x\n url = --upload-pack=${touch}\n` }],
    ['a .gitmodules that is a link', { '.gitmodules': { mode: '120000', content: '/etc/passwd' } }],
  ])('is not taken with %s', async (_, files) => {
    const repository = new Repository()
    repository.commit({ ...app, ...files })
    await harmless(async () => {
      const error = await refusal(() => get(repository))
      expect(error.code).toBe('GIT_UNSAFE')
    })
  })

  it.each(['.git/config', '.GIT/config', '../../escaped', 'git~1/x', './x'])(
    'is not taken with the name %j',
    async (name) => {
      const repository = new Repository()
      repository.commit({ ...app, [name]: touch })
      await harmless(async () => {
        const error = await refusal(() => get(repository))
        expect(['GIT_UNSAFE', 'SOURCE_UNSENDABLE']).toContain(error.code)
      })
      expect(readdirSync(cache, { recursive: true }).filter((path) => String(path).endsWith('escaped'))).toEqual([])
    },
  )

  it('may have names that differ in case only, or hold what a terminal would obey: files like others', async () => {
    const repository = new Repository()
    repository.commit({ Readme: '1', README: '2', 'a\u001b[2J\nb': '3', '-rf': '4' })
    const { folder } = await get(repository)
    expect(readdirSync(folder).sort()).toEqual(['-rf', 'README', 'Readme', 'a\u001b[2J\nb'])
  })

  it('is not taken when it is larger than it may be on this computer', async () => {
    const repository = new Repository()
    repository.commit({ ...app, huge: Buffer.alloc(3_000_000) })
    const tooLarge = await refusal(() => get(repository, {}, { limits: { entries: 10, bytes: 1_000_000 } }))
    expect(tooLarge).toMatchObject({
      code: 'SOURCE_UNSENDABLE',
      fault: { what: expect.stringContaining('4 MB') as string },
    })
    const tooMany = await refusal(() => get(repository, {}, { limits: { entries: 2, bytes: 10_000_000 } }))
    expect(tooMany.code).toBe('SOURCE_UNSENDABLE')
  })

  it('cannot fill the disk of this computer: git is ended while it still fetches', async () => {
    const repository = new Repository()
    repository.commit({ ...app, huge: randomBytes(4_000_000) })
    const stalls = join(mkdtempSync(join(tmpdir(), 'line-')), 'ssh')
    // a line that brings three million bytes and then nothing any more, for longer than any test
    const line = `ssh -F ${await sshd.config()} "$@" | { stdbuf -o0 head -c 3000000; [ -z "$(head -c 1 | od -An)" ] || sleep 600; }`
    writeFileSync(stalls, `#!/bin/sh\n${line}\n`, { mode: 0o755 })
    const around = { env: { ...env, GIT_SSH_COMMAND: stalls }, limits: { entries: 10, bytes: 1_000_000 } }
    const error = await refusal(() => get(repository, {}, around))
    expect(error).toMatchObject({ code: 'GIT_TOO_LARGE', exitCode: 2, fault: { where: urlOf(repository) } })
    expect(error.fault.what).toContain('1 MB')
    expect(readdirSync(cache, { recursive: true }).filter((path) => String(path).includes('.new-'))).toEqual([])
  })

  it('is not kept when all of it came before anybody looked', async () => {
    const repository = new Repository()
    repository.commit({ ...app, large: randomBytes(20_000) })
    const error = await refusal(() => get(repository, {}, { limits: { entries: 10, bytes: 10_000 } }))
    expect(error.code).toBe('GIT_TOO_LARGE')
  })

  it('gets nothing of another protocol, whatever the configuration of git says', async () => {
    const repository = new Repository()
    repository.commit(app)
    const home = mkdtempSync(join(tmpdir(), 'home-'))
    const to = { 'ssh://file.test/': `file://${repository.folder}/`, 'ssh://ext.test/': `ext::sh -c ${touch}` }
    const lines = Object.entries(to).map(([from, url]) => `[url "${url}"]\n insteadOf = ${from}\n`)
    writeFileSync(join(home, '.gitconfig'), `[protocol]\n allow = always\n${lines.join('')}`)
    const open = { ...env, HOME: home, GIT_ALLOW_PROTOCOL: 'file:ext' }
    for (const git of Object.keys(to)) {
      await harmless(async () => {
        const error = await refusal(() => checkOut({ git }, { env: open, cache, now: new Date() }))
        expect(error.fault.evidence).toMatch(/transport '(file|ext)' not allowed/)
      })
    }
  })

  it('sees nothing of the repository that we happen to be called in', async () => {
    const [repository, other] = [new Repository(), new Repository()]
    const commit = repository.commit(app)
    const inside = { ...env, GIT_DIR: other.folder, GIT_WORK_TREE: '/', GIT_INDEX_FILE: '/nowhere' }
    expect((await get(repository, {}, { env: inside })).origin.commit).toBe(commit)
    expect(execFileSync('git', ['count-objects'], { cwd: other.folder, encoding: 'utf8' })).toMatch(/^0 objects/)
  })
})
