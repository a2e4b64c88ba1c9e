import { describe, expect, it } from 'vitest'
import { readScript } from '../../src/adoption/script.js'

const path = "import sys\nsys.path.insert(0, '/srv/shop')\n"

describe('a WSGI script that was made by hand', () => {
  it.each<[string, string, string]>([
    ['an object of a module', `${path}from shop import app as application\n`, 'shop:app'],
    ['an object of that name', `${path}from shop.web import application`, 'shop.web:application'],
    ['a factory', `${path}from shop import create_app\napplication = create_app()\n`, 'shop:create_app()'],
    ['a module', `${path}import shop\napplication = shop.app\n`, 'shop:app'],
    ['a module in a package', `${path}import shop.web as web\napplication = web.create()\n`, 'shop.web:create()'],
    [
      'a path in a variable',
      "import sys\nhere = '/srv/shop/'\nsys.path.append(here)\nfrom shop import app as application",
      'shop:app',
    ],
    [
      'a path that is looked for first',
      "import sys\nif '/srv/shop' not in sys.path:\n    sys.path.insert(0, '/srv/shop')\nfrom shop import app as application\n",
      'shop:app',
    ],
    [
      'with Windows line ends and a comment',
      `# shop\r\n${path.replaceAll('\n', '\r\n')}\r\nfrom shop import app as application\r\n`,
      'shop:app',
    ],
  ])('is understood: %s', (_, text, wsgi) => {
    expect(readScript(text)).toEqual({ code: '/srv/shop', codeLine: expect.any(Number) as number, settings: [], wsgi })
  })

  it.each([
    "activate_this = '/srv/env/bin/activate_this.py'\nexecfile(activate_this, dict(__file__=activate_this))\n",
    "activate_this = '/srv/env/bin/activate_this.py'\nwith open(activate_this) as opened:\n    exec(opened.read(), dict(__file__=activate_this))\n",
    "exec(open('/srv/env/bin/activate_this.py').read())\n",
    "import site\nsite.addsitedir('/srv/env/lib/python3.6/site-packages')\n",
  ])('names its virtual environment: %s', (text) => {
    expect(readScript(`${text}${path}from shop import app as application`)).toMatchObject({
      venv: '/srv/env',
      code: '/srv/shop',
      wsgi: 'shop:app',
    })
  })

  it.each<[string, string, number]>([
    ['logging', `import logging\n${path}from shop import app as application`, 1],
    [
      'what it does with the application',
      `${path}from shop import app as application\napplication.secret_key = 'x'`,
      4,
    ],
    ['a function', `def application(environ, start_response):\n    return []\n`, 1],
    ['middleware', `${path}from shop import app\nfrom wrap import Wrap\napplication = Wrap(app)`, 5],
    [
      'a path that is computed',
      'import os, sys\nsys.path.insert(0, os.path.dirname(__file__))\nfrom shop import app as application',
      2,
    ],
    ['arguments of a factory', `${path}from shop import create_app\napplication = create_app('live')`, 4],
    [
      'settings that are computed',
      `import os\n${path}os.environ['A'] = open('/a').read()\nfrom shop import app as application`,
      4,
    ],
  ])('stays as it is: %s', (_, text, line) => {
    expect(readScript(text)).toMatchObject({ left: { line } })
    expect(readScript(text)).not.toHaveProperty('wsgi')
  })

  it('is understood with the indentation of the printed document, which Python refuses: it will be written right', () => {
    const printed = "    import sys\n    sys.path.insert(0, '/srv/shop')\n     from shop import app as application\n"
    expect(readScript(printed)).toMatchObject({ code: '/srv/shop', wsgi: 'shop:app' })
  })

  it('without a folder, with several, or with another name for its application, stays as it is', () => {
    expect(readScript('from shop import app as application').left?.why).toContain('no folder')
    expect(readScript(`${path}sys.path.append('/srv/more')\nfrom shop import app as application`).left?.why).toContain(
      'more than one folder',
    )
    expect(readScript(`${path}from shop import app`, 'app').left?.why).toContain('called app')
  })

  it('that nests without end is not read at all', () => {
    expect(readScript('['.repeat(100_000)).left).toBeDefined()
  })
})
