import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { diagnoseAll, isTrouble } from '../../src/doctor/diagnose.js'
import { rules } from '../../src/doctor/rules.js'
import type { HostState } from '../../src/probes/doctor.js'
import { failingHost, loaded, logOf, names, siteLog, soundHost } from './host.js'

const folder = new URL('corpus/', import.meta.url)

const sources: Readonly<Record<string, string>> = {
  site: siteLog,
  server: '/var/log/apache2/error.log',
  configtest: 'apache2ctl configtest',
  both: siteLog,
}

/** `RULE.VERSION.SOURCE.txt`; the rule `healthy` is none. */
const excerpts = readdirSync(folder)
  .sort()
  .map((file) => {
    const [rule = '', , source = ''] = file.split('.')
    return { file, rule, source }
  })

const withLog = (host: HostState, file: string, source: string): HostState => {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const at = source === 'configtest' ? undefined : loaded + 60
  const logs = source === 'both' ? ['site', 'server'] : [source]
  return { ...host, logs: logs.map((name) => logOf(text, at, sources[name])) }
}

describe('an excerpt of a log', () => {
  it.each(excerpts.filter(({ rule }) => rule !== 'healthy'))('$file is recognised', ({ file, rule, source }) => {
    const found = diagnoseAll({ host: withLog(failingHost, file, source), names })
    expect(found.map((one) => one.rule)).toContain(rule)
    const [line] = found.find((one) => one.rule === rule)?.evidence ?? []
    expect(line?.source).toBe(sources[source])
    // what is a warning or a note does not explain that the site fails
    const isError = rules.some(({ id, severity }) => id === rule && severity === 'error')
    const others = found.map((one) => one.rule).filter((id) => id !== rule)
    expect(isError ? others : others.filter((id) => id !== 'not-answering')).toEqual([])
  })

  it.each(excerpts.filter(({ rule }) => rule === 'healthy'))('$file is no finding', ({ file, source }) => {
    expect(diagnoseAll({ host: withLog(soundHost, file, source), names }).filter(isTrouble)).toEqual([])
  })

  it('is there for each rule that has texts', () => {
    const shown = new Set(excerpts.map(({ rule }) => rule))
    expect(rules.filter(({ id, texts }) => texts !== undefined && !shown.has(id)).map(({ id }) => id)).toEqual([])
  })
})
