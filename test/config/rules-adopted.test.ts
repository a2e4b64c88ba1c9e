import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const hash = 'a'.repeat(64)
const script = `adopted: {script: /srv/by-hand/a.wsgi, script-hash: ${hash}}`

describe('what was made by hand', () => {
  refuses([
    [
      `${script}\napplications: [{mount: /, script: a.wsgi}]`,
      '6:19: adopted.script: is the place of the script of "wsgi"',
    ],
    [`wsgi: a:b\nadopted: {script-hash: ${hash}}`, '7:24: adopted.script-hash: is that of the script in'],
    [
      `wsgi: a:b\nmount: /a\nexisting-site: {file: php.conf}\nadopted: {virtual-host: ${hash}}`,
      '9:1: adopted: cannot stand beside existing-site',
    ],
    ['wsgi: a:b\nadopted: {virtual-host: 1234}', '7:25: adopted.virtual-host: must be text'],
    ['wsgi: a:b\nadopted: {virtual-host: abc}', '7:25: adopted.virtual-host: must be what sha256sum prints'],
    [
      `wsgi: a:b\nadopted: {script: /usr/share/a.wsgi, script-hash: ${hash}}`,
      '7:19: adopted.script: /usr/share/a.wsgi cannot be used: /usr is no place for it',
    ],
    [`wsgi: a:b\n${script}\nsqlite: [/srv/by-hand/a.db]`, '8:10: sqlite.0: the folder /srv/by-hand cannot be used'],
  ])
  accepts([
    `wsgi: a:b\nadopted: {virtual-host: ${hash}}`,
    `wsgi: a:b\n${script}`,
    `wsgi: a:b\nprofile: seed\nmount: /a\n${script}`,
    `applications: [{mount: /, script: /srv/by-hand/a.wsgi}]\nprofile: seed\nadopted: {virtual-host: ${hash}}`,
  ])
})
