import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { otherSites } from '../../src/probes/apache.js'
import { fact } from '../../src/probes/facts.js'
import { folderWith, type Tree } from '../config/folders.js'
import { askHere } from './local.js'

const directives = z.array(z.object({ file: z.string(), directive: z.string(), value: z.string() }))

/** As `otherSites` asks, of another folder. */
const found = (tree: Tree, own = 'notes.conf'): readonly string[] => {
  const folder = folderWith(tree)
  return askHere(fact('vhosts', [[folder], own], directives)).map(
    ({ file, directive, value }) => `${file.replace(`${folder}/`, '')}: ${directive} ${value}`,
  )
}

describe('the names of other sites', () => {
  it('are read from every .conf file but our own, in any spelling', () => {
    expect(
      found({
        'notes.conf': 'ServerName notes.test',
        'notes.conf.bak': 'ServerName old.test',
        'a.conf': '<VirtualHost *:80>\n\tservername A.test\n  SERVERALIAS b.test  c.test\n</VirtualHost>\n',
        'z.conf': 'WSGIDaemonProcess shop user=www-data threads=5\n',
      }),
    ).toEqual([
      'a.conf: servername A.test',
      'a.conf: serveralias b.test',
      'a.conf: serveralias c.test',
      'z.conf: wsgidaemonprocess shop',
    ])
  })

  it('are found over several lines', () => {
    expect(
      found({ 'a.conf': 'ServerAlias one.test \\\n   two.test \\\n   three.test\nServerName \\\n  x.test\n' }),
    ).toEqual([
      'a.conf: serveralias one.test',
      'a.conf: serveralias two.test',
      'a.conf: serveralias three.test',
      'a.conf: servername x.test',
    ])
  })

  it('are found between quotes', () => {
    expect(
      found({ 'a.conf': `ServerName "a.test"\nServerAlias 'b.test' "c.test"\nWSGIDaemonProcess "shop" x=1\n` }),
    ).toEqual([
      'a.conf: servername a.test',
      'a.conf: serveralias b.test',
      'a.conf: serveralias c.test',
      'a.conf: wsgidaemonprocess shop',
    ])
  })

  it('are not read from comments, empty directives and words that only begin alike', () => {
    expect(found({ 'a.conf': '#ServerName a.test\n# ServerName b.test\nServerName\nServerNames x\n' })).toEqual([])
  })

  it('are read from files in any encoding', () => {
    expect(found({ 'a.conf': '# h\u00f6flich \u{1f600}\nServerName a.test\n' })).toEqual(['a.conf: servername a.test'])
  })

  it('are not read from dangling links and folders', () => {
    expect(found({ 'a.conf': { link: '/nowhere' }, 'b.conf/c.conf': 'ServerName c.test' })).toEqual([])
    expect(found({}, 'notes.conf')).toEqual([])
  })

  it('are none where Apache is not installed', () => {
    const probe = otherSites('notes.conf')
    expect('item' in probe.ask && JSON.parse(probe.ask.item)).toEqual([
      'vhosts',
      [['/etc/apache2/sites-available', '/etc/apache2/sites-enabled'], 'notes.conf'],
    ])
    expect(probe.parse({ stdout: '[]', stderr: '', exitCode: 0 })).toEqual([])
    expect(found({ [join('empty', 'x')]: '' })).toEqual([])
  })
})
