import { describe, expect, it } from 'vitest'
import { explainApt } from '../../../src/steps/apt/failure.js'
import { stepCases } from '../harness.js'

const install = (packages: string) => [
  {
    kind: 'create',
    subject: `packages ${packages}`,
    run: ['apt-get update', `apt-get install --no-install-recommends ${packages}`],
  } as const,
]

stepCases('apt.packages', {
  pristine: {
    changes: install('apache2 apache2-dev gcc python3-dev python3-pip python3-setuptools python3-venv python3-wheel'),
  },
  converged: {},
  'installs what a host that serves PHP does not have': {
    on: 'php',
    changes: install('apache2-dev gcc python3-dev python3-pip python3-setuptools python3-venv python3-wheel'),
  },
  'installs a package that was removed and left its configuration': {
    answers: { 'python3-venv': 'python3-venv\tconfig-files\t3.6.7-1~18.04\n' },
    changes: install('python3-venv'),
  },
  'installs a package that is only half installed': {
    answers: { gcc: 'gcc\thalf-installed\t4:7.4.0-1ubuntu2.3\n' },
    changes: install('gcc'),
  },
  'installs a package that is unpacked and not configured': {
    answers: { apache2: 'apache2\tunpacked\t2.4.29-1ubuntu4.27\n' },
    changes: install('apache2'),
  },
  'says which packages of others are finished with it': {
    answers: {
      gcc: 'gcc\tunpacked\t4:7.4.0-1ubuntu2.3\n',
      halfInstalled: 'gcc\tunpacked\t4:7.4.0-1ubuntu2.3\nmysql-server\thalf-configured\t5.7\n',
    },
    changes: install('gcc').map((change) => ({
      ...change,
      reason: 'apt finishes first what was left half installed: mysql-server (half-configured)',
    })),
  },
  'leaves packages of others alone while nothing is to be installed': {
    answers: { halfInstalled: 'mysql-server\thalf-configured\t5.7\n' },
  },
})

describe('a failed apt-get is explained', () => {
  const code = (stderr: string) => explainApt({ stdout: '', stderr, exitCode: 100 })?.code

  it('by a package that the sources do not have', () => {
    const error = explainApt({ stdout: '', stderr: 'E: Unable to locate package python3-venv\n', exitCode: 100 })
    expect(error?.code).toBe('APT_PACKAGE_MISSING')
    expect(error?.fault.what).toContain('no package python3-venv')
    const known = explainApt({
      stdout: '',
      stderr: "E: Package 'apache2-dev' has no installation candidate\n",
      exitCode: 100,
    })
    expect(known?.fault.what).toContain('no package apache2-dev')
  })

  it('by a mirror that cannot be reached', () => {
    expect(code('E: Failed to fetch http://mirror.test/dists/bionic/InRelease  Could not connect\n')).toBe(
      'APT_MIRROR_UNREACHABLE',
    )
    expect(code("W: Failed to fetch x  Temporary failure resolving 'mirror.test'\n")).toBe('APT_MIRROR_UNREACHABLE')
  })

  it('by another apt', () => {
    expect(code('E: Could not get lock /var/lib/dpkg/lock-frontend - open (11)\n')).toBe('APT_LOCKED')
  })

  it.each([
    [
      "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
      'DPKG_INTERRUPTED',
      'an earlier installation on the host was interrupted',
    ],
    [
      'W: GPG error: http://mirror.test bionic InRelease: NO_PUBKEY 3B4FE6ACC0B21F32',
      'APT_UNTRUSTED',
      'the signature of its package mirror http://mirror.test',
    ],
    [
      'E: Release file for http://mirror.test/InRelease is not valid yet (invalid for another 2h)',
      'APT_RELEASE_DATE',
      'the list of the mirror http://mirror.test is too old, or from the future',
    ],
    ['E: Failed to fetch http://mirror.test/a.deb  Hash Sum mismatch', 'APT_UNTRUSTED', 'another file'],
    [
      'E: Failed to fetch http://me:pw@mirror.test/a.deb  404  Not Found',
      'APT_MIRROR_BROKEN',
      'http://mirror.test answers',
    ],
    [
      "E: Failed to fetch http://mirror.test/a  Clearsigned file isn't valid, got 'NOSPLIT'",
      'APT_MIRROR_BROKEN',
      'no list',
    ],
    ['E: Failed to fetch http://mirror.test/a  Redirection loop encountered', 'APT_MIRROR_BROKEN', 'without end'],
    ['E: Failed to fetch http://mirror.test  Connection cut 3 times (x)', 'APT_MIRROR_BROKEN', 'of a file, 3 times'],
    ['E: Unable to correct problems, you have held broken packages.', 'APT_DEPENDENCIES', 'do not fit together'],
    ['E: On hold: foo bar', 'APT_HELD', 'foo bar'],
    [
      'E: Package foo is pinned: a file of preferences forbids all of its versions',
      'APT_HELD',
      'the package foo is pinned',
    ],
    [
      "E: Unmet dependencies. Try 'apt --fix-broken install' with no packages.",
      'APT_DEPENDENCIES',
      'do not fit together',
    ],
    ['dpkg: error processing package apache2 (--configure):\n exit status 7', 'APT_FAILED', 'the package apache2 of'],
    [
      'dpkg: error processing archive /a/b/foo_1.deb (--unpack):\n exit status 7',
      'APT_FAILED',
      'the package foo_1.deb of',
    ],
    ['E: The package foo needs to be reinstalled, but', 'APT_FAILED', 'the package foo of the host is half installed'],
    [
      'E: the installation of foo has said nothing for 5 seconds: it was stopped',
      'APT_STALLED',
      'the package foo hangs',
    ],
  ])('by what it says: %s', (line, wanted, what) => {
    const error = explainApt({ stdout: '', stderr: `${line}\n`, exitCode: 100 })
    expect(error?.code).toBe(wanted)
    expect(error?.fault.what).toContain(what)
    expect(`${error?.fault.what}${error?.fault.evidence}`).not.toContain('me:pw')
  })

  it('by nothing where it says nothing of its own, which leaves the word to the general error', () => {
    expect(code('Killed\n')).toBeUndefined()
  })
})
