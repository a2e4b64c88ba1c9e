import { listenLinks } from '../../../src/steps/apache/listen.js'
import { expect, it } from 'vitest'
import { absent, withContent } from '../edits.js'
import { lines, stepCases, type Shown } from '../harness.js'

interface Listen {
  readonly file: string
  readonly address: string | null
  readonly port: number
}

/** What the files of Apache say, as the facts script reads them. */
const says = (...listens: readonly Listen[]) => ({ listens: JSON.stringify(listens) })
const foreign = (address: string | null, port = 8080): Listen => ({
  file: '/etc/apache2/sites-enabled/other.conf',
  address,
  port,
})
const debian: Listen = { file: '/etc/apache2/ports.conf', address: null, port: 80 }
const shared = 'deploy-flask-listen-8080'

const text = (what: string) => `# Managed by deploy-flask: shared by all of its sites on this port.\nListen ${what}\n`
const path = (name: string) => `/etc/apache2/conf-available/${name}.conf`
const write = (name: string) => ({
  run: [`write ${path(name)} (root:root 0644)`],
  undo: [`restore ${path(name)}`],
})
const written = (name: string, what: string): Shown => ({
  kind: 'create',
  subject: `file ${path(name)}`,
  diff: lines('+', text(what)),
  ...write(name),
})
const enabled = (name: string): Shown => ({
  kind: 'create',
  subject: `apache configuration ${name}`,
  run: [`a2enconf -q ${name}`],
  undo: [`a2disconf -q ${name}`],
})
const added = (name: string, what: string): readonly Shown[] => [written(name, what), enabled(name)]

const alone = { flags: { addresses: ['192.0.2.7'], port: 8080 } }
const aloneName = 'deploy-flask-listen-192.0.2.7-8080'
const noneAlone = { [`file ${aloneName}`]: absent }

const sixth = { flags: { addresses: ['[2001:DB8::7]'], port: 8080 } }
const sixthName = 'deploy-flask-listen-2001_DB8__7-8080'
const noneSixth = { [`file ${sixthName}`]: absent }

const secure = (port: number) => ({ tls: { certificate: '/etc/a.pem', key: '/etc/a.key', port } })

stepCases('apache.listen', {
  pristine: { of: 'shop', changes: added(shared, '8080') },
  converged: { of: 'shop' },
  'has nothing to do on port 80, where Debian listens': {},
  'has nothing to do on port 80 of a host that will get Apache': { on: 'pristine' },
  'has nothing to do on port 80 of a host that serves PHP': { on: 'php' },
  'comes beside a PHP site': { of: 'shop', on: 'php', changes: added(shared, '8080') },
  "is content with a line of somebody else's file, whatever its address is written like": {
    of: 'shop',
    answers: says(debian, foreign(null)),
  },
  'does not take another port for its own': {
    of: 'shop',
    answers: { ...says(debian, foreign(null, 8081)), [`file ${shared}`]: absent, enabled: '[]' },
    changes: added(shared, '8080'),
  },
  "does not count a line in the site's own virtual host, which is written anew without it": {
    of: 'shop',
    answers: {
      ...says(debian, { file: '/etc/apache2/sites-enabled/shop.conf', address: null, port: 8080 }),
      [`file ${shared}`]: absent,
      enabled: '[]',
    },
    changes: added(shared, '8080'),
  },
  'enables its file again when it was disabled, and leaves it as it is': {
    of: 'shop',
    answers: { ...says(debian), enabled: '[]' },
    changes: [enabled(shared)],
  },
  'writes its file anew when it was edited': {
    of: 'shop',
    answers: { ...says(debian), [`file ${shared}`]: withContent(text('8088')) },
    changes: [
      { kind: 'update', subject: `file ${path(shared)}`, diff: ['-Listen 8088', '+Listen 8080'], ...write(shared) },
    ],
  },
  'refuses all addresses of a port of which Apache has single ones': {
    of: 'shop',
    answers: { ...says(debian, foreign('192.0.2.7')), [`file ${shared}`]: absent, enabled: '[]' },
    changes: added(shared, '8080'),
    refusals: ['LISTEN_CONFLICT'],
  },
  'is content with all IPv4 addresses where all are wanted: both cannot be opened': {
    of: 'shop',
    answers: says(debian, foreign('0.0.0.0')),
  },
  'comes for a single address': {
    ...alone,
    answers: { ...says(debian), ...noneAlone },
    changes: added(aloneName, '192.0.2.7:8080'),
  },
  'comes for a second single address of a port': {
    ...alone,
    answers: { ...says(debian, foreign('192.0.2.8')), ...noneAlone },
    changes: added(aloneName, '192.0.2.7:8080'),
  },
  'is content where Apache listens on that address': {
    ...alone,
    answers: { ...says(debian, foreign('192.0.2.7')), ...noneAlone },
  },
  'is content where Apache listens on all addresses': {
    ...alone,
    answers: { ...says(debian, foreign(null)), ...noneAlone },
  },
  'is content where Apache listens on all IPv4 addresses': {
    ...alone,
    answers: { ...says(debian, foreign('0.0.0.0')), ...noneAlone },
  },
  'comes for an IPv6 address, which all IPv4 addresses do not hold': {
    ...sixth,
    answers: { ...says(debian, foreign('0.0.0.0')), ...noneSixth },
    changes: added(sixthName, '[2001:DB8::7]:8080'),
  },
  'knows an IPv6 address in small letters': {
    ...sixth,
    answers: { ...says(debian, foreign('[2001:db8::7]')), ...noneSixth },
  },
  'listens for HTTPS where Debian does so with mod_ssl': {
    flags: secure(443),
    answers: { ...says(debian, { ...debian, port: 443 }), 'file deploy-flask-listen-443': absent },
  },
  'has nothing to do for HTTPS on a host that will get Apache': {
    on: 'pristine',
    flags: secure(443),
    answers: { ...says(), 'file deploy-flask-listen-443': absent },
  },
  'comes for another port of HTTPS, in a file of its own': {
    flags: secure(8443),
    answers: { ...says(debian), 'file deploy-flask-listen-8443': absent },
    changes: added('deploy-flask-listen-8443', '8443'),
  },
  'comes for each address that is missing': {
    flags: { addresses: ['192.0.2.7', '[2001:DB8::7]'], port: 8080 },
    answers: { ...says(debian, foreign('192.0.2.7')), ...noneAlone, ...noneSixth },
    changes: added(sixthName, '[2001:DB8::7]:8080'),
  },
})

it('the links that make Apache listen are known to whoever looks whether it has read them', () => {
  expect(listenLinks(['*', '192.0.2.7'], 8080)).toEqual([
    '/etc/apache2/conf-enabled/deploy-flask-listen-8080.conf',
    '/etc/apache2/conf-enabled/deploy-flask-listen-192.0.2.7-8080.conf',
  ])
})
