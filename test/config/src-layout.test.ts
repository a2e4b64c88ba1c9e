import { expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { moduleFolderOf } from '../../src/config/src-layout.js'

const base = 'version: 1\nhost: a.test\nsite: shop\nserver-name: shop.test\ncode: {folder: .}\n'

it.each<[string, readonly string[], string | undefined]>([
  ['wsgi: shop:app', ['shop.py'], undefined],
  ['wsgi: shop.web:app', ['shop/web.py'], undefined],
  ['wsgi: shop.web:app', ['src/shop/web.py', 'setup.cfg'], 'src'],
  ['wsgi: shop:app', ['src/shop.py'], 'src'],
  ['wsgi: shop:app', ['shop.py', 'src/shop.py'], undefined],
  ['wsgi: shop:app\nwrapper: around:wrap', ['shop.py', 'src/around.py'], 'src'],
  ['applications: [{mount: /, wsgi: "shop:app"}]', ['src/shop/__init__.py'], 'src'],
  ['wsgi: installed:app', ['src/shop.py'], undefined],
])('%s of %j finds its modules in %s', (lines, files, modules) => {
  const { flags } = readFlags(`${base}${lines}\n`, 'f.yml')
  expect(moduleFolderOf(flags, new Set(files))).toEqual(modules === undefined ? {} : { moduleFolder: modules })
})
