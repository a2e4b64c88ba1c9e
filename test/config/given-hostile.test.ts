import { expect, it } from 'vitest'
import { overridesFrom } from '../../src/config/given.js'
import { settingsTable } from '../../src/config/settings-table.js'
import { readFlags } from '../../src/config/load.js'
import { DeployError } from '../../src/errors.js'
import { hostileValues } from './hostile.js'

const base = {
  version: 1,
  host: 'me@server',
  site: 'notes',
  'server-name': 'notes.example.com',
  code: { path: '/srv/app' },
  wsgi: 'notes:app',
}

const keys = [
  'host',
  'site',
  'server-name',
  'wsgi',
  'root',
  'venv',
  'user',
  'group',
  'mount',
  'application-group',
] as const
type Key = (typeof keys)[number]

/** What becomes of the value, or that it is refused; anything but a refusal is a mistake of ours. */
const verdict = (key: Key, read: () => ReturnType<typeof readFlags>): unknown => {
  try {
    return read().flags[key]
  } catch (error) {
    if (error instanceof DeployError) return 'refused'
    throw error
  }
}

const written = (key: Key, value: string) => () => readFlags(JSON.stringify({ ...base, [key]: value }), 'f.json')

const given =
  (key: Key, options: Readonly<Record<string, readonly string[]>>, env: Readonly<Record<string, string>>) => () => {
    const rest = Object.fromEntries(Object.entries(base).filter(([name]) => name !== key))
    const overrides = overridesFrom({ options: new Map(Object.entries(options)), env, cwd: '/here' }, settingsTable())
    return readFlags(JSON.stringify(rest), 'f.json', overrides)
  }

const variable = (key: Key): string => `DEPLOY_FLASK_${key.replaceAll('-', '_').toUpperCase()}`

it.each(keys)('%s is judged the same as an option, as a variable, and in the file', (key) => {
  const different: string[] = []
  // neither an argument nor a variable can hold a NUL or half a character; an empty one says nothing
  for (const value of hostileValues.filter(
    (one, index) => index % 4 === 0 && one.trim() !== '' && !/\0|\p{Surrogate}/u.test(one),
  )) {
    const inFile = verdict(key, written(key, value))
    const asOption = verdict(key, given(key, { [key]: [value] }, {}))
    const asVariable = verdict(key, given(key, {}, { [variable(key)]: value }))
    if (asOption !== inFile || asVariable !== inFile)
      different.push(JSON.stringify([value, inFile, asOption, asVariable]).slice(0, 300))
  }
  expect(different).toEqual([])
})
