import fc from 'fast-check'
import { parse } from 'yaml'
import { expect, test } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { flagsText } from '../../src/wizard/flags-text.js'

const draft = {
  host: 'web1',
  site: 'shop',
  'server-name': 'shop.example.com',
  code: { folder: '.' },
  wsgi: 'shop:create_app()',
  settings: { SECRET_KEY: { env: 'SHOP_KEY' }, DATABASE: '/srv/shop/data/shop.db', DEBUG: '0' },
  sqlite: ['shop.db'],
  static: { '/static/': 'shop/static' },
}
const beside = { schema: undefined, others: {}, sudoAsked: false }

test('the file is commented, and says what was answered', () => {
  const text = flagsText(
    draft,
    { wsgi: 'shop/__init__.py:7' },
    { ...beside, schema: 'file:///x.json', sudoAsked: true },
  )
  expect(text).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=file:///x.json
    # deploy-flask plan -f THIS_FILE shows what would be done; deploy-flask apply -f THIS_FILE does it.
    version: 1

    # Where it goes: an address or an alias of ssh_config, \`user@host\` if need be
    host: web1

    # Names its files, its account and its folder on the host
    site: shop

    # The name that the site answers to
    server-name: shop.example.com

    # What is sent: this folder, without what .gitignore and .deployignore leave out
    code:
      folder: .

    # The application: module:object, or module:factory() (shop/__init__.py:7)
    wsgi: shop:create_app()

    # Found in os.environ by the application. Secrets are only referred to
    settings:
      SECRET_KEY:
        env: SHOP_KEY
      DATABASE: /srv/shop/data/shop.db
      DEBUG: "0"

    # Database files that the application writes, in the folder data of the site
    sqlite:
      - shop.db

    # Served by Apache itself
    static:
      /static/: shop/static

    # sudo asked for a password. To run without a terminal, refer to it:
    # ssh: { sudo-password: { env: SUDO_PASSWORD } }
    "
  `)
  expect(readFlags(text, 'f.yml').flags).toMatchObject(draft)
})

test('what was given as options follows', () => {
  const text = flagsText(draft, {}, { ...beside, others: { daemon: { threads: 3 }, ssh: { port: 22 } } })
  expect(readFlags(text, 'f.yml').flags).toMatchObject({ ...draft, daemon: { threads: 3 }, ssh: { port: 22 } })
})

test('no value and no source can change another line of the file', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (value, source) => {
      const settings = { A: value, B: 'b' }
      const text = flagsText({ ...draft, settings }, { wsgi: source }, beside)
      expect(parse(text)).toEqual({ version: 1, ...draft, settings })
    }),
    { numRuns: 2000 },
  )
})
