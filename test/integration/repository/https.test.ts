import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkOut } from '../../../src/repository/check-out.js'
import { refusal } from '../../config/folders.js'
import { serveRepository, type GitServer } from '../../helpers/git-https.js'
import { Repository } from '../../helpers/repository.js'

const token = 'ghp-5eCre7-t0ken'

const serve = async (...how: Parameters<typeof serveRepository> extends [unknown, ...infer Rest] ? Rest : never) => {
  const repository = new Repository()
  const commit = repository.commit({ 'app.py': 'app = 1\n' })
  const server = await serveRepository(repository, ...how)
  onTestFinished(() => server.stop())
  return { server, commit }
}

const home = (config = ''): string => {
  const folder = mkdtempSync(join(tmpdir(), 'home-'))
  writeFileSync(join(folder, '.gitconfig'), config)
  return folder
}

/** As an operator with this home has it. */
const get = (server: GitServer, { HOME = home(), git = server.url, trusts = true } = {}) => {
  const { PATH = '' } = process.env
  const env = { PATH, HOME, ...(trusts ? { GIT_SSL_CAINFO: server.certificate } : {}) }
  const cache = mkdtempSync(join(tmpdir(), 'checked-out-'))
  return checkOut({ git, ref: 'main' }, { env, cache, now: new Date() })
}

describe('a repository that is reached by https', () => {
  it('is fetched', async () => {
    const { server, commit } = await serve()
    const { folder, origin } = await get(server)
    expect(origin.commit).toBe(commit)
    expect(readFileSync(join(folder, 'app.py'), 'utf8')).toBe('app = 1\n')
  })

  it('must have a certificate that this computer trusts', async () => {
    const { server } = await serve()
    const error = await refusal(() => get(server, { trusts: false }))
    expect(error.code).toBe('GIT_UNREACHABLE')
    expect(error.fault.evidence).toMatch(/certificate/)
  })

  it('is fetched with the login of the credential helper, which stays where it is', async () => {
    const { server, commit } = await serve({ login: `ada:${token}` })
    const HOME = home('[credential]\n helper = store\n')
    writeFileSync(join(HOME, '.git-credentials'), `${server.url.replace('//', `//ada:${token}@`)}\n`)
    const { folder, origin } = await get(server, { HOME })
    expect(origin.commit).toBe(commit)
    const copy = join(folder, '../../..')
    const files = readdirSync(copy, { recursive: true, encoding: 'utf8' }).map((name) => join(copy, name))
    const told = files.filter((file) => statSync(file).isFile() && readFileSync(file, 'utf8').includes(token))
    expect(told).toEqual([])
    expect(statSync(join(folder, '../..')).mode & 0o077).toBe(0)
  })

  it('asks nobody for a login that it does not find', async () => {
    const { server } = await serve({ login: `ada:${token}` })
    const error = await refusal(() => get(server))
    expect(error).toMatchObject({ code: 'GIT_LOGIN_FAILED', exitCode: 4 })
  })

  it('does not tell the login that the configuration of git puts into the URL', async () => {
    const { server } = await serve({ login: 'ada:another' })
    const HOME = home(`[url "${server.url.replace('//', `//ada:${token}@`)}"]\n insteadOf = ${server.url}\n`)
    const error = await refusal(() => get(server, { HOME }))
    expect(error.code).toBe('GIT_LOGIN_FAILED')
    expect(JSON.stringify(error.fault)).not.toContain(token)
  })

  it('may be none', async () => {
    const { server } = await serve()
    const error = await refusal(() => get(server, { git: server.url.replace('app.git', 'nothing.git') }))
    expect(error.code).toBe('GIT_REPOSITORY_MISSING')
  })

  it.each(['http://localhost:9', 'file:///etc'])('must not lead to %s', async (elsewhere) => {
    const { server } = await serve({ elsewhere })
    const error = await refusal(() => get(server))
    expect(error.fault.evidence).toMatch(/not (supported|allowed)|disabled/)
  })
})
