import { describe, expect, it } from 'vitest'
import { modWsgi } from '../../src/probes/mod-wsgi.js'
import { recordedHost, shKey } from '../fixtures/recorded-host.js'

const probe = modWsgi()
const { ask } = probe
const of = (stdout: string, exitCode = 0) => probe.parse({ stdout, stderr: '', exitCode })

const module = (machine: string) =>
  `/usr/local/lib/python3.6/dist-packages/mod_wsgi/server/mod_wsgi-py36.cpython-36m-${machine}-linux-gnu.so`
const express = (config: string, presence = 'present', metadata = 'mod_wsgi-4.9.4.dist-info') =>
  `${presence}\n${metadata}\n${config}`
const config = (machine: string) => `LoadModule wsgi_module "${module(machine)}"\nWSGIPythonHome "/usr"\n`

describe('what mod_wsgi-express module-config prints', () => {
  it('is read as the real one printed it', () => {
    const recorded = recordedHost('deployed').sh[shKey('sh' in ask ? ask.sh : '')]
    expect(of(recorded?.stdout ?? '')).toEqual({
      version: '4.9.4',
      config: config('x86_64'),
      module: module('x86_64'),
      present: true,
    })
  })

  it('is null on the recorded pristine host, for there is no such program', () => {
    const recorded = recordedHost('pristine').sh[shKey('sh' in ask ? ask.sh : '')]
    expect(of(recorded?.stdout ?? '', recorded?.exitCode)).toBeNull()
  })

  it.each(['x86_64', 'aarch64', 's390x'])('is read on %s, whatever the module is called there', (machine) => {
    expect(of(express(config(machine)))?.module).toBe(module(machine))
  })

  it('may begin with a LoadFile line', () => {
    const text = `LoadFile "/usr/lib/libpython3.6m.so.1.0"\n${config('x86_64')}`
    expect(of(express(text))).toMatchObject({ config: text, module: module('x86_64') })
  })

  it('may lack its last newline', () => {
    expect(of(express(config('x86_64').trimEnd()))?.config).toBe(config('x86_64'))
  })

  it('says by itself nothing about whether the module is there', () => {
    expect(of(express(config('x86_64'), 'gone'))?.present).toBe(false)
  })

  it.each([
    ['mod_wsgi-4.9.4.dist-info', '4.9.4'],
    ['mod_wsgi-5.0.2.dist-info', '5.0.2'],
    ['mod_wsgi-4.9.4-py3.6.egg-info', '4.9.4'],
    ['mod_wsgi-*-info', undefined],
    ['', undefined],
  ])('with the metadata folder "%s" has the version %s', (metadata, version) => {
    expect(of(express(config('x86_64'), 'present', metadata))?.version).toBe(version)
  })

  it.each([
    ['nothing', ''],
    ['a traceback', 'Traceback (most recent call last):\n  File "x", line 1\n'],
    ['another module', 'LoadModule php7_module "/usr/lib/apache2/modules/libphp7.2.so"\n'],
    ['a relative path', 'LoadModule wsgi_module "mod_wsgi.so"\nWSGIPythonHome "/usr"\n'],
    ['no quotes', config('x86_64').replaceAll('"', '')],
    ['no Python home', config('x86_64').split('\n')[0] ?? ''],
    ['a further directive', `${config('x86_64')}Include "/tmp/evil.conf"\n`],
    ['a directive in front', `Include "/tmp/evil.conf"\n${config('x86_64')}`],
    ['a quote in the path', config('x86_64').replace('/server/', '/ser"ver/')],
    ['Windows line ends', config('x86_64').replaceAll('\n', '\r\n')],
  ])('is refused when it is %s', (_what, text) => {
    expect(() => of(express(text))).toThrow(expect.objectContaining({ code: 'MODULE_CONFIG_UNREADABLE' }) as Error)
  })
})
