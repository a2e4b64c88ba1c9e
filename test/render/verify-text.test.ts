import { expect, test } from 'vitest'
import { plainText } from '../../src/render/colour.js'
import { verifyText } from '../../src/render/verify-text.js'

const at = { host: 'me@web1', site: 'shop' }

test('each check is a line, and below one that fails stands what was seen', () => {
  const checks = [
    { title: 'Apache runs', fault: null },
    { title: 'flask-shop can load /srv/shop/wsgi/shop.wsgi', fault: 'Traceback:\nImportError: \u001b[2Jno' },
  ]
  expect(verifyText({ ...at, ok: false, checks }, plainText)).toBe(`✓ Apache runs
✗ flask-shop can load /srv/shop/wsgi/shop.wsgi
    Traceback:
    ImportError: no
shop on me@web1 does not work as it should: "deploy-flask doctor" says more, "deploy-flask drift" what was changed
`)
})

test('that all is well is said in the end', () => {
  const checks = [{ title: 'Apache runs', fault: null }]
  expect(verifyText({ ...at, ok: true, checks }, plainText)).toBe('✓ Apache runs\nshop on me@web1 works\n')
})
