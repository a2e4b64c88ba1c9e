import { expect, it } from 'vitest'
import { sha256 } from '../../src/config/content-hash.js'
import { localPathOf, packageIn, placed } from '../../src/config/local-packages.js'
import { folderWith } from './folders.js'

it.each([
  ['shop-1.0-py3-none-any.whl', 'shop'],
  ['wheels/my_shop-1.0.post1-2-cp36-cp36m-manylinux1_x86_64.whl', 'my_shop'],
  ['shop-1.0.tar.gz', 'shop'],
  ['my-shop-2.0rc1.zip', 'my-shop'],
  ['shop.web-1.0+local.1.tar.gz', 'shop.web'],
  ['shop.whl', undefined],
  ['shop-1.0.whl', undefined],
  ['shop.tar.gz', undefined],
])('%s holds the package %s', (path, name) => expect(packageIn(path)).toBe(name))

it.each([
  ['./wheels/shop-1.0-py3-none-any.whl', 'wheels/shop-1.0-py3-none-any.whl'],
  ['shop-1.0.tar.gz ; python_version < "3.8"', 'shop-1.0.tar.gz'],
  ['../shop-1.0.tar.gz', undefined],
  ['wheels/../../shop-1.0.tar.gz', undefined],
  ['/srv/shop-1.0.tar.gz', undefined],
  ['.hidden/shop-1.0.tar.gz', undefined],
  ['Flask==2.0.3', undefined],
])('%s names the file %s of the code', (line, path) => expect(localPathOf(line)).toBe(path))

const hash = sha256('wheel')
const place = `/srv/shop/wheels/${hash}/shop-1.0-py3-none-any.whl`
const folder = (): string => folderWith({ 'wheels/shop-1.0-py3-none-any.whl': 'wheel' })

it('becomes a requirement by its content, the same from whatever release', async () => {
  const text = 'Flask==2.0.3\n./wheels/shop-1.0-py3-none-any.whl ; python_version < "3.8"\n'
  expect(await placed(text, folder(), '/srv/shop', false)).toEqual({
    text: `Flask==2.0.3\nshop @ file://${place} ; python_version < "3.8"\n`,
    packages: [{ path: 'wheels/shop-1.0-py3-none-any.whl', place, sha256: hash }],
  })
})

it('has a hash where another requirement has one, or all must have one: pip takes all of them or none', async () => {
  const local = './wheels/shop-1.0-py3-none-any.whl'
  const other = `click==8.0.4 --hash=sha256:${'a'.repeat(64)}`
  const wanted = `shop @ file://${place} --hash=sha256:${hash}`
  expect((await placed(`${other}\n${local}`, folder(), '/srv/shop', false)).text).toBe(`${other}\n${wanted}`)
  expect((await placed(local, folder(), '/srv/shop', true)).text).toBe(wanted)
  const own = `${local} --hash=sha256:${'b'.repeat(64)}`
  expect((await placed(own, folder(), '/srv/shop', true)).text).toBe(
    `shop @ file://${place} --hash=sha256:${'b'.repeat(64)}`,
  )
})
