import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { nothingToDo } from '../helpers/cli.js'
import { ask } from '../helpers/http.js'
import { folderWith } from '../helpers/small-site.js'
import { fault } from './fault.js'
import { buildWheel } from './packages/python-package.js'

/** Each brings an environment of its own, several times. */
const options = { seconds: 400 }

/** Where Flask keeps what belongs to an application, which it can write. */
const app = (version: string): string => `import os
from flask import Flask
application = Flask(__name__)
@application.route('/')
def index():
    with open(os.path.join(application.instance_path, 'seen'), 'a+') as opened:
        opened.seek(0)
        seen = opened.read()
        if '${version}' in seen:
            return seen
        opened.write('${version}')
        return seen + '${version}'
`

/** Path of a file with the wheel in it. */
const wheelFile = async (version: string, tag?: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
  const needs = ['Flask==2.0.3']
  const wheel = { module: app(version), needs, ...(tag === undefined ? {} : { tag }) }
  const { file, content } = await buildWheel('small', '1.0', wheel)
  await writeFile(join(folder, file), content)
  return join(folder, file)
}

/** The same as a source distribution, which pip makes a wheel of on the host. */
const sourceDistribution = async (version: string): Promise<string> => {
  const setup = `from setuptools import setup
setup(name='small', version='1.0', py_modules=['small'], install_requires=['Flask==2.0.3'])
`
  const folder = await folderWith({
    'small-1.0/setup.py': setup,
    'small-1.0/small.py': app(version),
    'small-1.0/PKG-INFO': 'Metadata-Version: 1.0\nName: small\nVersion: 1.0\n',
  })
  const file = join(folder, 'small-1.0.tar.gz')
  await execa('tar', ['-czf', file, '-C', folder, 'small-1.0'])
  return file
}

fault(
  'F06',
  'the package of a new release is one for another Python',
  async (rig) => {
    const { name, flags } = await rig.fresh({ code: { package: await wheelFile('a') } })
    const asked = { name: `${name}.test` }
    expect(await rig.apply(flags)).toMatchObject({ exitCode: 0 })
    expect(await ask(rig.guest, '/', asked)).toMatchObject({ status: 200, body: 'a' })
    expect(await rig.host(`stat -c %U /srv/${name}/data/seen`)).toBe('www-data\n')
    expect((await rig.apply(flags)).stdout).toMatch(nothingToDo)

    const another = { ...flags, code: { package: await wheelFile('b') } }
    expect(await rig.apply(another)).toMatchObject({ exitCode: 0 })
    // the same version, an environment of its own, and the data that were there
    expect(await ask(rig.guest, '/', asked)).toMatchObject({ status: 200, body: 'ab' })

    expect(await rig.apply({ ...flags, code: { package: await sourceDistribution('c') } })).toMatchObject({
      exitCode: 0,
    })
    expect(await ask(rig.guest, '/', asked)).toMatchObject({ status: 200, body: 'abc' })

    const online = (): Promise<string> =>
      rig.host(`readlink /srv/${name}/current; ls /srv/${name}/venvs /srv/${name}/wheels`)
    const before = await online()
    const result = await rig.apply({ ...flags, code: { package: await wheelFile('d', 'cp39-none-any') } })
    rig.failed(result, 'PIP_FAILED')
    expect(result.stderr).toContain('small-1.0-cp39-none-any.whl is not a supported wheel on this platform')
    expect(await online()).toBe(before)
    expect(await ask(rig.guest, '/', asked)).toMatchObject({ status: 200, body: 'abc' })
    rig.flags = { ...flags, code: { package: await wheelFile('e') } }
  },
  options,
)

const sourceOf = async (answer: string) => {
  const { file, content } = await buildWheel('helper', '1.0', { module: `answer = '${answer}'\n` })
  const folder = await folderWith({
    'src/small/__init__.py': `import click
from helper import answer

def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [answer.encode()]
`,
    'setup.cfg': '[options]\ninstall_requires =\n    click==8.0.4\n',
    'requirements.txt': `-e .\n./wheels/${file}\n`,
    [`wheels/${file}`]: '',
  })
  await writeFile(join(folder, 'wheels', file), content)
  return folder
}

fault(
  'F06',
  'a package that comes with the code cannot be installed',
  async (rig) => {
    const more = { code: { folder: await sourceOf('one') }, pip: { references: true } }
    const { name, flags } = await rig.fresh(more)
    const asked = { name: `${name}.test` }
    const applied = await rig.apply(flags)
    expect(applied).toMatchObject({ exitCode: 0 })
    expect(applied.stderr).toContain('comes with the code, not from the package index')
    expect(await ask(rig.guest, '/', asked)).toMatchObject({ status: 200, body: 'one' })
    expect((await rig.apply(flags)).stdout).toMatch(nothingToDo)
    const site = ['-f', await rig.file(flags)]
    const ran = await rig.run(
      'run',
      ...site,
      '--',
      'python',
      '-c',
      'import small; print(small.answer, small.click.__version__)',
    )
    expect([ran.exitCode, ran.stdout], ran.stderr).toEqual([0, 'one 8.0.4\n'])

    expect(await rig.apply({ ...flags, code: { folder: await sourceOf('two') } })).toMatchObject({ exitCode: 0 })
    expect(await ask(rig.guest, '/', asked)).toMatchObject({ status: 200, body: 'two' })

    const folder = await sourceOf('three')
    await writeFile(join(folder, 'wheels/helper-1.0-py3-none-any.whl'), 'no wheel')
    const result = await rig.apply({ ...flags, code: { folder } })
    rig.failed(result, 'PIP_DOWNLOAD_DAMAGED')
    expect(await ask(rig.guest, '/', asked)).toMatchObject({ status: 200, body: 'two' })
    rig.flags = { ...flags, code: { folder: await sourceOf('four') } }
  },
  options,
)
