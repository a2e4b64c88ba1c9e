import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logsScript } from '../../src/probes/logs-script.js'
import { python } from './local.js'

interface Logs {
  readonly error?: readonly string[]
  readonly access?: readonly string[]
  readonly settings?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly asked?: { readonly since?: number; readonly lines?: number }
}

const merged = ({ error = [], access = [], settings = {}, secrets = [], asked = {} }: Logs): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'))
  const path = (name: string): string => join(folder, name)
  const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
  writeFileSync(path('error.log'), text(error))
  writeFileSync(path('access.log'), text(access))
  writeFileSync(path('settings.json'), JSON.stringify(settings))
  const manifest = {
    logs: { error: path('error.log'), access: path('access.log') },
    settings: path('settings.json'),
    secrets,
  }
  writeFileSync(path('manifest.json'), JSON.stringify(manifest))
  const wanted = { manifest: path('manifest.json'), follow: false, since: null, lines: null, ...asked }
  const { stdout, stderr, status } = spawnSync(python, ['-I', '-S', '-c', logsScript, JSON.stringify(wanted)], {
    encoding: 'utf8',
    env: { TZ: 'UTC' },
  })
  expect([stderr, status]).toEqual(['', 0])
  return stdout.split('\n').slice(0, -1)
}

const error = (time: string, words: string): string => `[Mon Nov 30 ${time} 2026] [wsgi:error] [pid 1] ${words}`
const access = (time: string, words = 'GET /', zone = '+0000'): string =>
  `127.0.0.1 - - [30/Nov/2026:${time} ${zone}] "${words} HTTP/1.1" 200 1 "-" "-"`

describe('both logs of a site', () => {
  it('are one, in the order of time, whatever the zone of the access log', () => {
    const [one, two, three] = [
      access('09:00:01'),
      error('09:00:02.500000', 'two'),
      access('10:00:03', 'GET /3', '+0100'),
    ]
    const four = error('09:00:04.000001', 'four')
    expect(merged({ error: [two, four], access: [one, three] })).toEqual([
      `A ${one}`,
      `E ${two}`,
      `A ${three}`,
      `E ${four}`,
    ])
  })

  it('keep lines without a time behind the one before them', () => {
    const traceback = [
      error('09:00:02.000000', 'Traceback (most recent call last):'),
      '  File "x.py", line 1',
      'ValueError: no',
    ]
    const later = access('09:00:03')
    expect(merged({ error: traceback, access: [later] })).toEqual([
      ...traceback.map((line) => `E ${line}`),
      `A ${later}`,
    ])
  })

  it('are without the values of secret settings, in each form in which they are printed; others stay', () => {
    const settings = { TOKEN: 's3cr"et\nline', SHORT: 'abc', TITLE: 'Field notes' }
    const lines = [
      error('09:00:01.0', `{"TOKEN": "s3cr\\"et\\nline"}`),
      error('09:00:02.0', `'s3cr"et\\nline'`),
      error('09:00:03.0', 'abc Field notes'),
    ]
    const shown = merged({ error: lines, settings, secrets: ['TOKEN', 'SHORT'] }).join('\n')
    expect(shown).not.toContain('s3cr')
    expect(shown.match(/\[secret\]/g)).toHaveLength(2)
    expect(shown).toContain('abc Field notes')
  })

  it('can be the last lines only, or what is younger', () => {
    const lines = [1, 2, 3].map((second) => access(`09:00:0${second}`))
    expect(merged({ access: lines, asked: { lines: 1 } })).toEqual([`A ${lines[2]}`])
    expect(merged({ access: lines, asked: { lines: 0 } })).toEqual([])
    const old = error('09:00:01.0', 'old').replace('2026', '2001')
    const hundredYears = 100 * 365 * 86_400
    expect(merged({ error: [old], asked: { since: hundredYears } })).toEqual([`E ${old}`])
    expect(merged({ error: [old], asked: { since: 60 } })).toEqual([])
  })

  it('may hold what is no text, and may be missing', () => {
    expect(merged({ error: ['\u0000\u0007[Foo 31 x]', '[Mon Xyz 99 99:99:99.9 2026] a'] })).toHaveLength(2)
  })
})
