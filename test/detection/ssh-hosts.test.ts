import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sshHosts } from '../../src/detection/ssh-hosts.js'
import { folderWith, makeFifo } from '../config/folders.js'

const hostsOf = async (text: string) => {
  const file = join(folderWith({ config: text }), 'config')
  return (await sshHosts(file)).map(({ value, where, because }) => [value, where.replace(file, 'config'), because])
}

describe('the hosts of ssh_config', () => {
  it('are its names, with what they stand for', async () => {
    const text =
      'User me\n\nHost shop\n  HostName 192.0.2.7\n  HostName 192.0.2.8\nHost=notes other # both\nhost "quoted"\n'
    expect(await hostsOf(text)).toEqual([
      ['shop', 'config:3', 'HostName 192.0.2.7'],
      ['notes', 'config:6', 'Host=notes other # both'],
      ['other', 'config:6', 'Host=notes other # both'],
      ['quoted', 'config:7', 'host "quoted"'],
    ])
  })

  it('are no patterns, no accounts of Git servers, and nothing of Match', async () => {
    const text = `Host *
  User me
Host a.* ?b !c plain
Match host matched
  HostName 192.0.2.1
  User git
Host github.com
  User git
Match all
`
    expect(await hostsOf(text)).toEqual([['plain', 'config:3', 'Host a.* ?b !c plain']])
  })

  it('are told once, where they stand first', async () => {
    expect(await hostsOf('Host a b\nHost b c\n')).toEqual([
      ['a', 'config:1', 'Host a b'],
      ['b', 'config:1', 'Host a b'],
      ['c', 'config:2', 'Host b c'],
    ])
  })

  it('are those of included files too, but of what counts for some hosts only', async () => {
    const folder = folderWith({
      'conf.d/20-b': 'Host b\n',
      'conf.d/10-a': 'Host a\n',
      'conf.d/.hidden': 'Host hidden\n',
      'conf.d/[x]': 'Host brackets\n',
      more: 'Host more\n',
      inside: 'Host inside\n',
    })
    const file = join(
      folderWith({
        config: `Include "${folder}/conf.d/*" ${folder}/mor?
Host own
  Include ${folder}/inside
Match all
Include ${folder}/missing
`,
      }),
      'config',
    )
    const found = (await sshHosts(file)).map(({ value, where }) => [value, where.replace(folder, '')])
    expect(found).toEqual([
      ['a', '/conf.d/10-a:1'],
      ['b', '/conf.d/20-b:1'],
      ['brackets', '/conf.d/[x]:1'],
      ['more', '/more:1'],
      ['own', `${file}:2`],
    ])
  })

  it('are found although files include each other', async () => {
    const folder = folderWith({ config: '' })
    const file = join(folderWith({ config: `Include ${folder}/again\nHost one\n` }), 'config')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(folder, 'again'), `Include ${file}\nHost two\n`)
    expect((await sshHosts(file)).map(({ value }) => value).sort()).toEqual(['one', 'two'])
  })

  it('are only what can be written as a host of a flags file, and safe to show', async () => {
    const text = 'Host -oProxyCommand=id a\u001b[2Jb [::1]:22 ok\u202e $(id) good\n  HostName \u001b]0;x\u0007\n'
    expect(await hostsOf(text)).toEqual([['good', 'config:1', 'HostName \\u{001b}]0;x\\u{0007}']])
  })

  it.each(['missing', 'folder', 'fifo'])('are none where the file is %s', async (kind) => {
    const folder = folderWith({ here: '' })
    const file = join(folder, 'config')
    if (kind === 'folder') mkdirSync(file)
    if (kind === 'fifo') makeFifo(file)
    expect(await sshHosts(file)).toEqual([])
  })
})
