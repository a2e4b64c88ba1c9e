import { expect } from 'vitest'
import { nothingToDo } from '../helpers/cli.js'
import { ask } from '../helpers/http.js'
import { folderWith } from '../helpers/small-site.js'
import { fault } from './fault.js'

const app = `def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'small']
`

const compiling = `import getpass, os
os.makedirs('static/dist')
with open('static/dist/app.txt', 'w') as opened:
    opened.write('made by %s for %s' % (getpass.getuser(), os.environ['FLASK_APP']))
`

fault('F06', 'the build of a new release fails', async (rig) => {
  const code = { folder: await folderWith({ 'small.py': app, 'build.py': compiling }) }
  const more = { code, build: 'python build.py', static: { '/static/': 'static/dist' } }
  const { name, flags } = await rig.fresh(more)
  expect(await rig.apply(flags)).toMatchObject({ exitCode: 0 })
  const asked = { name: `${name}.test` }
  const made = { status: 200, body: 'made by www-data for small:application' }
  expect(await ask(rig.guest, '/static/app.txt', asked)).toMatchObject(made)
  expect(await rig.host(`find /srv/${name}/releases ! -user root`)).toBe('')
  expect((await rig.apply(flags)).stdout).toMatch(nothingToDo)

  const online = (): Promise<string> => rig.host(`readlink /srv/${name}/current; ls -A /srv/${name}/releases`)
  const before = await online()
  const broken = await folderWith({ 'small.py': app, 'build.py': `${compiling}raise OSError('no manifest')\n` })
  const result = await rig.apply({ ...flags, code: { folder: broken } })
  rig.failed(result, 'BUILD_FAILED')
  expect(result.stderr).toContain('python build.py ended with exit code 1: OSError: no manifest')
  expect(await online()).toBe(before)
  expect(await ask(rig.guest, '/static/app.txt', asked)).toMatchObject(made)
  rig.flags = { ...flags, code: { folder: await folderWith({ 'small.py': `${app}# 2\n`, 'build.py': compiling }) } }
})
