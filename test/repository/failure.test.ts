import { describe, expect, it } from 'vitest'
import { gitFailure } from '../../src/repository/failure.js'

const failure = (stderr: string, timedOut = false) =>
  gitFailure(
    'https://git.test/x',
    { stdout: '', stderr, exitCode: 128, missing: false, timedOut, tooLong: false, tooMuch: false },
    60,
  )

describe('what git says', () => {
  it.each([
    ["fatal: could not read Username for 'https://git.test': terminal prompts disabled", 'GIT_LOGIN_FAILED'],
    ["fatal: Authentication failed for 'https://git.test/x/'", 'GIT_LOGIN_FAILED'],
    ["fatal: unable to access 'https://git.test/x/': The requested URL returned error: 403", 'GIT_LOGIN_FAILED'],
    ['git@git.test: Permission denied (publickey).', 'GIT_LOGIN_FAILED'],
    ['No ED25519 host key is known for git.test and you have requested strict checking.', 'GIT_HOST_KEY'],
    ["fatal: repository 'https://git.test/x/' not found", 'GIT_REPOSITORY_MISSING'],
    ['ERROR: Repository not found.\nfatal: Could not read from remote repository.', 'GIT_REPOSITORY_MISSING'],
    ["fatal: unable to access 'https://git.test/x/': Could not resolve host: git.test", 'GIT_UNREACHABLE'],
    ['ssh: connect to host git.test port 22: Connection timed out', 'GIT_UNREACHABLE'],
    ['fatal: unable to access: server certificate verification failed. CAfile: none CRLfile: none', 'GIT_UNREACHABLE'],
    ['fatal: error reading section header', 'GIT_FAILED'],
    ['', 'GIT_FAILED'],
  ])('%s', (stderr, code) => {
    expect(failure(stderr).code).toBe(code)
  })

  it('is not shown with a password or token that a configuration of git has put into the URL', () => {
    const { fault } = failure(
      "fatal: Authentication failed for 'https://oauth2:hunter2@git.test/x/'\nAuthorization: hunter2",
    )
    expect(fault.evidence).toBe(
      "fatal: Authentication failed for 'https://[secret]@git.test/x/'\nAuthorization: [secret]",
    )
  })

  it('is shown without what a terminal would obey, and never whole when it is long', () => {
    const { fault } = failure(`remote: \u001b[2Jhello\n${'x'.repeat(10_000)}\n`.repeat(1000))
    expect(fault.evidence).not.toContain('\u001b')
    expect(fault.evidence?.length).toBeLessThan(10_000)
  })

  it('counts for nothing when it took too long', () => {
    expect(failure('Receiving objects:  3%', true)).toMatchObject({
      code: 'GIT_UNREACHABLE',
      fault: { what: 'git was not done with the repository within 60 s' },
    })
  })
})
