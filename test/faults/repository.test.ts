import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { nothingToDo } from '../helpers/cli.js'
import { ask } from '../helpers/http.js'
import { Repository } from '../helpers/repository.js'
import { startSshd, type Sshd } from '../helpers/sshd.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

/** Where the repository is: a server that the operator's computer reaches with a key, and the host does not. */
let sshd: Sshd
beforeAll(async () => {
  sshd = await startSshd()
  process.env['GIT_SSH_COMMAND'] = `ssh -F ${await sshd.config()}`
  process.env['XDG_CACHE_HOME'] = mkdtempSync(join(tmpdir(), 'cache-'))
})
afterAll(() => sshd.stop())

/** Each commit is fetched over a login of its own. */
const options = { seconds: 300 }

const app = (says: string): string =>
  `def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'${says}']\n`

const inRepository = async (rig: Rig) => {
  const repository = new Repository()
  const git = `ssh://there${repository.folder}`
  const { name, flags } = await rig.fresh({ code: { git, ref: 'main' } })
  const served = async (): Promise<string> => (await ask(rig.guest, '/', { name: `${name}.test` })).body
  return { repository, git, name, flags, served }
}

/** A line of the key's own text: what nobody would have by accident. */
const inKey = (): string => readFileSync(sshd.key, 'utf8').split('\n')[2] ?? ''

fault(
  'GIT',
  'the code is in a repository: deployed, found so, and renewed by a commit',
  async (rig) => {
    const { repository, git, name, flags, served } = await inRepository(rig)
    const first = repository.commit({ 'small.py': app('first') })
    const deployed = await rig.apply(flags)
    expect(deployed.exitCode, deployed.stderr).toBe(0)
    expect(deployed.stderr).toContain(`the code is commit ${first} (main) of ${git}`)
    expect(await served()).toBe('first')
    const again = await rig.apply(flags)
    expect(again.stdout).toMatch(nothingToDo)

    const second = repository.commit({ 'small.py': app('second') })
    const renewed = await rig.apply(flags)
    expect(renewed.exitCode, renewed.stderr).toBe(0)
    expect(await served()).toBe('second')
    const origins = await rig.host(`cat /srv/${name}/releases/.*.origin`)
    expect(
      origins
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([first, second].map((commit) => ({ git, ref: 'main', commit })))

    expect(inKey()).toMatch(/^[\w+/]{60,}/)
    const told = await rig.host(
      `grep -rlaF -e '${inKey()}' -e '${sshd.directory}' / --exclude-dir={proc,sys,dev} || true`,
    )
    expect(told).toBe('')
  },
  options,
)

fault(
  'GIT',
  'a saved plan brings the commit that it names, wherever its branch is by then',
  async (rig) => {
    const { repository, flags, served } = await inRepository(rig)
    const first = repository.commit({ 'small.py': app('agreed to') })
    const file = await rig.file(flags)
    const plan = join(mkdtempSync(join(tmpdir(), 'plan-')), 'plan.json')
    const planned = await rig.run('plan', '-f', file, '--out', plan)
    expect(planned.exitCode, planned.stderr).toBe(0)
    expect(planned.stdout).toContain(`(1 files, commit ${first.slice(0, 12)} of main)`)
    repository.commit({ 'small.py': app('not yet') })
    rig.flags = flags
    const applied = await rig.run('apply', plan)
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(await served()).toBe('agreed to')
  },
  options,
)

fault(
  'GIT',
  'the repository is not reached, or its branch is gone: the host is left as it is',
  async (rig) => {
    const { repository, flags } = await inRepository(rig)
    repository.commit({ 'small.py': app('later') })
    const away = process.env['GIT_SSH_COMMAND']
    process.env['GIT_SSH_COMMAND'] = 'ssh -F none -p 1'
    const refused = await rig.apply({ ...flags, code: { git: 'ssh://127.0.0.1/app.git' } })
    process.env['GIT_SSH_COMMAND'] = away
    expect(refused).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('error GIT_UNREACHABLE: ') as string })
    repository.git(['branch', '-m', 'main', 'elsewhere'])
    rig.refused(await rig.apply(flags), 'GIT_REF_MISSING', /^where: ssh:\/\/there\//m)
    repository.git(['branch', '-m', 'elsewhere', 'main'])
    expect(await rig.left()).toEqual([])
    rig.flags = flags
  },
  options,
)

fault(
  'GIT',
  'the repository holds a link to /etc/passwd, and submodules: refused, and not followed',
  async (rig) => {
    const { repository, flags } = await inRepository(rig)
    repository.commit({ 'small.py': app('x'), data: { mode: '120000', content: '/etc/passwd' } })
    rig.refused(await rig.apply(flags), 'SOURCE_UNSENDABLE', /code\/data -> \/etc\/passwd/)
    repository.commit({ 'small.py': app('x'), vendor: { mode: '160000', content: 'a'.repeat(40) } })
    rig.refused(await rig.apply(flags), 'GIT_SUBMODULES', /^where: ssh:\/\/there\//m)
    repository.commit({
      'small.py': app('x'),
      '.deployignore': 'vendor\n',
      vendor: { mode: '160000', content: 'a'.repeat(40) },
    })
  },
  options,
)
