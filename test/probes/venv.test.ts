import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { rememberVenv, venvAt, type Venv, type WantedRequirements } from '../../src/probes/venv.js'
import { answerHere, asRoot, askHere, python, pythonHere, venvsHere } from './local.js'

/** Anybody can enter it: its python is not started as root. */
const openFolder = (prefix: string): string => {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  chmodSync(folder, 0o755)
  return folder
}

describe('the answer of a python', () => {
  const probe = venvAt('/srv/notes/venvs/1', { text: '' }, 'nobody')
  const of = (stdout: string, exitCode = 0) => probe.parse({ stdout, stderr: '', exitCode })
  const works: Venv = { prefix: '/srv/notes/venvs/1', python: '3.6', pip: true, tools: { pip: '21.3.1' }, unmet: [] }

  it('is a venv when it is what our script prints', () => expect(of(JSON.stringify(works))).toEqual(works))

  it.each([
    ['there is no python', '', 127],
    ['it cannot be run', '', 126],
    ['it died', JSON.stringify(works), 139],
    ['it printed no JSON', 'Python 3.6.9\n', 0],
    ['it printed nothing', '', 0],
    ['it printed other JSON', '{"prefix": "/usr"}', 0],
    ['it printed more than JSON', `warning\n${JSON.stringify(works)}`, 0],
  ])('is no venv when %s', (_why, stdout, exitCode) => expect(of(stdout, exitCode)).toBeNull())

  it('where there is nothing is null, not an error', () => {
    expect(askHere(venvAt('/nowhere', { text: 'Flask' }, 'nobody'))).toBeNull()
  })
})

describe.runIf(venvsHere)('the script in a venv of this computer (needs ensurepip)', () => {
  const path = join(openFolder('venv-'), 'venv')

  beforeAll(() => {
    execFileSync(python, ['-m', 'venv', path])
    installed('Flask', '2.0.3', ['Werkzeug>=2.0', 'click>=7.1', 'asgiref>=3.2; extra == "async"'])
    installed('Werkzeug', '2.0.3', ['dataclasses; python_version < "3.7"'])
    installed('click', '8.0.4')
    installed('typing_extensions', '4.1.1')
    installed('pre', '2.0rc1')
    mkdirSync(join(sitePackages(), 'old-1.0-py3.11.egg-info'))
  }, 60_000)
  afterAll(() => rmSync(path, { recursive: true, force: true }))

  const sitePackages = (): string => {
    const [python = ''] = readdirSync(join(path, 'lib'))
    return join(path, 'lib', python, 'site-packages')
  }

  const installed = (name: string, version: string, requires: readonly string[] = []): void => {
    const folder = join(sitePackages(), `${name}-${version}.dist-info`)
    mkdirSync(folder)
    const metadata = [`Name: ${name}`, `Version: ${version}`, ...requires.map((line) => `Requires-Dist: ${line}`)]
    writeFileSync(join(folder, 'METADATA'), `${metadata.join('\n')}\n\nA text with: a colon\n`)
    writeFileSync(join(folder, 'RECORD'), '')
  }

  const ask = (wanted: WantedRequirements): Venv => {
    const found = askHere(venvAt(path, wanted, 'nobody'))
    if (found === null) throw new Error('the venv does not work')
    return found
  }
  const unmet = (text: string) => ask({ text }).unmet

  it('tells where it lives, for which Python, and which tools it has', () => {
    const found = ask({ text: '' })
    expect(found.prefix).toBe(path)
    expect(found.python).toBe(pythonHere('import sys; print("%d.%d" % sys.version_info[:2])'))
    expect(found.pip).toBe(true)
    expect(found.tools['pip']).toMatch(/^\d+\./)
  })

  it('is content with what is installed, whatever the spelling of the name', () => {
    expect(unmet('flask==2.0.3\nTyping.Extensions>=4\nold\n')).toEqual([])
  })

  it('names what is missing, and what has another version', () => {
    expect(unmet('gunicorn\nFlask>=2.1\n')).toEqual([
      'Flask>=2.1 is wanted, 2.0.3 is installed',
      'gunicorn is not installed',
    ])
  })

  it('takes nothing for installed of which pip could not write the last file', () => {
    installed('half', '1.0')
    rmSync(join(sitePackages(), 'half-1.0.dist-info', 'RECORD'))
    expect(unmet('half')).toEqual(['half is not installed'])
  })

  it('follows what a requirement needs in turn, with its extras only when they are asked for', () => {
    expect(unmet('Flask')).toEqual([])
    expect(unmet('Flask[async]')).toEqual(['asgiref>=3.2; extra == "async" is not installed (needed by Flask)'])
  })

  it.runIf(asRoot)('starts as an account without rights, for what is installed runs with it', () => {
    const seen = join(openFolder('seen-'), 'uid')
    writeFileSync(seen, '', { mode: 0o600 })
    chmodSync(seen, 0o666)
    writeFileSync(join(sitePackages(), 'seen.pth'), `import os; open("${seen}", "w").write(str(os.getuid()))\n`)
    expect(unmet('Flask')).toEqual([])
    expect(readFileSync(seen, 'utf8')).toBe(pythonHere('import pwd; print(pwd.getpwnam("nobody").pw_uid)'))
    rmSync(join(sitePackages(), 'seen.pth'))
  })

  it('obeys markers', () => {
    expect(unmet('nonsense; python_version < "3.0"')).toEqual([])
    expect(unmet('nonsense; python_version >= "3.0"')).toEqual([expect.stringContaining('nonsense')])
  })

  it('takes a pre-release that is installed for what it is', () => {
    expect(unmet('pre>=1.0')).toEqual([])
    expect(unmet('pre>=2.0')).toHaveLength(1)
  })

  it('reads comments, blank lines, long lines and hashes as pip does', () => {
    expect(
      unmet('# all of it\n\n  Flask==2.0.3  # web\nclick>=8 \\\n  ,<9\nWerkzeug==2.0.3 --hash=sha256:aa\n'),
    ).toEqual([])
  })

  it('says so when it cannot read a line', () => {
    expect(unmet('-r other.txt')).toEqual([expect.stringMatching(/^-r other.txt: /)])
  })

  it('reads a file of the host, and one that is missing is a lack unless nobody named it', () => {
    const file = join(path, 'requirements.txt')
    writeFileSync(file, 'Flask\ngunicorn\n')
    expect(ask({ text: '', file }).unmet).toEqual(['gunicorn is not installed'])
    expect(ask({ text: '', file: '/nowhere.txt' }).unmet).toEqual(['/nowhere.txt does not exist'])
    expect(ask({ text: '', file: '/nowhere.txt', optional: true }).unmet).toEqual([])
  })

  it('is not changed by the environment of whoever asks', () => {
    writeFileSync(join(path, 'json.py'), 'raise SystemExit(1)')
    expect(ask({ text: '' }).pip).toBe(true)
  })
})

describe.runIf(venvsHere && python.startsWith('/usr/'))('what the last check found (needs /usr/bin/python3)', () => {
  const wanted = { text: 'Flask==2.0.3\n' }
  let path = ''
  let packages = ''

  /** A venv of the host's own python, with a pip that our script can borrow from. */
  beforeEach(() => {
    path = join(openFolder('checked-'), 'venv')
    execFileSync(python, ['-m', 'venv', '--without-pip', path])
    packages = join(path, 'lib', readdirSync(join(path, 'lib'))[0] ?? '', 'site-packages')
    const pip = pythonHere('import pip, os; print(os.path.dirname(pip.__file__))')
    mkdirSync(join(packages, 'pip'))
    symlinkSync(join(pip, '_vendor'), join(packages, 'pip/_vendor'))
    writeFileSync(join(packages, 'pip/__init__.py'), '')
    writeFileSync(join(path, 'bin/pip'), '', { mode: 0o755 })
    mkdirSync(join(packages, 'Flask-2.0.3.dist-info'))
    writeFileSync(join(packages, 'Flask-2.0.3.dist-info', 'RECORD'), '')
    expect(answerHere(rememberVenv(path, 'nobody', wanted))).toMatchObject({ exitCode: 0 })
  })
  afterEach(() => rmSync(path, { recursive: true, force: true }))

  const works = { pip: true, unmet: [] }
  /** Any look at the venv that starts its python fails from now on. */
  const breakPython = () => rmSync(join(packages, 'pip/_vendor'))
  const ask = (other: WantedRequirements = wanted) => askHere(venvAt(path, other, 'nobody'))

  it('is the answer as long as nothing has changed, without starting a python', () => {
    const before = ask()
    expect(before).toMatchObject({ ...works, prefix: path })
    breakPython()
    expect(ask()).toEqual(before)
  })

  it.each([
    ['a package came', () => mkdirSync(join(packages, 'click-8.0.4.dist-info'))],
    ['a package went', () => rmSync(join(packages, 'Flask-2.0.3.dist-info'), { recursive: true })],
    ['pip is gone', () => rmSync(join(path, 'bin/pip'))],
    ['it is no venv any more', () => rmSync(join(path, 'pyvenv.cfg'))],
    [
      'its python is another one',
      () => {
        rmSync(join(path, 'bin/python'))
        writeFileSync(join(path, 'bin/python'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
      },
    ],
    ['it was cut off', () => writeFileSync(join(path, '.deploy-flask-checked'), '{"prefix": "/x"')],
    ['it is gone', () => rmSync(join(path, '.deploy-flask-checked'))],
  ])('is not believed when %s', (_why, change) => {
    change()
    breakPython()
    expect(ask()?.prefix).not.toBe(path)
  })

  it('is not believed when something else is wanted', () => {
    breakPython()
    expect(ask({ text: 'Flask==2.0.4\n' })).toBeNull()
    expect(ask({ text: '', file: '/nowhere.txt' })).toBeNull()
  })

  it('is not believed when the requirements file on the host has changed', () => {
    const file = join(path, 'requirements.txt')
    writeFileSync(file, 'Flask\n')
    expect(answerHere(rememberVenv(path, 'nobody', { text: '', file })).exitCode).toBe(0)
    const fromFile = () => ask({ text: '', file })
    expect(fromFile()).toMatchObject(works)
    writeFileSync(file, 'Flask\ngunicorn\n')
    expect(fromFile()?.unmet).toEqual(['gunicorn is not installed'])
    breakPython()
    expect(fromFile()).toBeNull()
  })
})
