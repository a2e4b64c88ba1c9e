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
    ],
    ['W: GPG error: http://mirror.test bionic InRelease: NO_PUBKEY 3B4FE6ACC0B21F32', 'APT_UNTRUSTED'],
    ['E: Release file for http://mirror.test/InRelease is not valid yet (invalid for another 2h)', 'APT_UNTRUSTED'],
    ['E: Failed to fetch http://mirror.test/a.deb  Hash Sum mismatch', 'APT_UNTRUSTED'],
    ['E: Unable to correct problems, you have held broken packages.', 'APT_DEPENDENCIES'],
    ["E: Unmet dependencies. Try 'apt --fix-broken install' with no packages.", 'APT_DEPENDENCIES'],
    ['dpkg: error processing package apache2 (--configure):', 'APT_FAILED'],
  ])('by what it says: %s', (line, wanted) => expect(code(`${line}\n`)).toBe(wanted))

  it('by nothing where it says nothing of its own, which leaves the word to the general error', () => {
    expect(code('Killed\n')).toBeUndefined()
  })
})
