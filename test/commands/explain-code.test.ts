import { describe, expect, test } from 'vitest'
import { exitCodes } from '../../src/errors.js'
import { run } from './fakes.js'

describe('explain CODE', () => {
  test('prints what the code means, what to do, and how to look at it', async () => {
    const { exitCode, stdout, stderr, connections } = await run('explain SESSIONS_TOO_FEW')
    expect({ exitCode, stderr, connections }).toEqual({ exitCode: 0, stderr: '', connections: [] })
    expect(stdout).toBe(`SESSIONS_TOO_FEW (exit code 4)

what it means
  sshd allows fewer sessions on one connection than are needed at a time
  (MaxSessions; up to four are used). The default is ten; somebody has set less,
  or another program uses the same connection.

what to do
  Set MaxSessions in the sshd_config of the host to 4 or more, and reload sshd.

to look at it, on the host as root
  sshd -T | grep maxsessions
`)
  })

  test.each(Object.keys(exitCodes))('knows %s, in lines that fit on a terminal', async (code) => {
    const { exitCode, stdout } = await run(`explain ${code}`)
    expect(exitCode).toBe(0)
    const [head, ...lines] = stdout.split('\n')
    expect(head).toMatch(new RegExp(`^${code} \\(exit code \\d+\\)$`))
    const prose = lines.slice(
      0,
      lines.findIndex((line) => line.startsWith('to look at it')),
    )
    expect(prose.filter((line) => line.length > 80)).toEqual([])
  })

  test.each(['apt_locked', 'apt-locked', 'Apt_Locked', 'APT_LOCKED:'])('takes %s for APT_LOCKED', async (typed) => {
    expect((await run(`explain ${typed}`)).stdout).toMatch(/^APT_LOCKED /)
  })

  test.each([
    ['APT_LOKED', 'did you mean APT_LOCKED?'],
    ['PORT_TAKN', 'did you mean PORT_TAKEN?'],
    ['HOSTKEY_CHANGED', 'did you mean HOST_KEY_CHANGED?'],
    ['sudo', 'did you mean SUDO_FAILED or SUDO_FORBIDDEN or SUDO_MISSING?'],
    ['lock', 'did you mean APT_LOCKED or KEY_LOCKED or RUN_LOCKED?'],
  ])('answers %s with what was probably meant', async (typed, remedy) => {
    const { exitCode, stdout, stderr } = await run(`explain ${typed}`)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toBe(
      `error USAGE: there is no error ${typed}\nwhat to do: ${remedy} docs/errors.md lists all of them\n`,
    )
  })

  test('answers what is near to nothing with the list', async () => {
    const { exitCode, stderr } = await run('explain xyzzy\u001b[2J')
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      'error USAGE: there is no error xyzzy\\u001b[2J\nwhat to do: docs/errors.md lists all of them\n',
    )
  })

  test('does not go together with a flags file', async () => {
    for (const options of ['--vhost', '-f deploy-flask.yml']) {
      const { exitCode, stderr } = await run(`explain APT_LOCKED ${options}`)
      expect(exitCode).toBe(2)
      expect(stderr).toContain('error USAGE: a code and a flags file are explained one at a time')
    }
  })
})

describe('an error says how to learn more', () => {
  const fails = 'apply -f deploy-flask.yml --yes'
  const services = { survey: () => Promise.reject(new TypeError('no')) }

  test('on a terminal, and with --verbose', async () => {
    expect((await run(fails, { services, terminal: true, env: { TERM: 'dumb' } })).stderr).toMatch(
      /\nmore: deploy-flask explain INTERNAL\n$/,
    )
    expect((await run(`${fails} --verbose`, { services })).stderr).toContain('\nmore: deploy-flask explain INTERNAL\n')
  })

  test('and not in a log', async () => {
    expect((await run(fails, { services })).stderr).not.toContain('more:')
  })
})
