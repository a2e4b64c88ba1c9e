import { expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { DeployError } from '../../src/errors.js'
import * as checks from '../../src/wizard/checks.js'
import type { Draft } from '../../src/wizard/draft.js'
import { flagsText } from '../../src/wizard/flags-text.js'
import { hostileValues } from '../config/hostile.js'

const answers: Draft = {
  host: 'me@server',
  site: 'notes',
  'server-name': 'notes.example.com',
  code: { folder: '.' },
  wsgi: 'notes:app',
}

/** What the flags file that the wizard would write comes to with these answers, or why it is refused. */
const judgedByFile = (more: Draft): { readonly refusal: string } | { readonly flags: unknown } => {
  const text = flagsText({ ...answers, ...more }, {}, { schema: undefined, others: {}, sudoAsked: false })
  try {
    return { flags: readFlags(text, 'f.yml').flags }
  } catch (error) {
    if (error instanceof DeployError) return { refusal: error.fault.evidence ?? error.fault.what }
    throw error
  }
}

type Answer = readonly [what: string, check: (answer: string) => string | undefined, as: (answer: string) => Draft]

/** What the file says of these is about its own form. */
const inOwnWords = ['is needed', 'is a secret, which must not be written: refer to it']

const nobody = { files: [], names: [] }

const typed: readonly Answer[] = [
  ['the host', checks.host, (answer) => ({ host: answer })],
  ['the name of the site', checks.site(nobody), (answer) => ({ site: answer })],
  ['the server name', checks.serverName(nobody, 'notes'), (answer) => ({ 'server-name': answer })],
  ['a setting', checks.settingText('TITLE'), (answer) => ({ settings: { TITLE: answer } })],
  ['a secret setting', checks.settingText('API_TOKEN'), (answer) => ({ settings: { API_TOKEN: answer } })],
  ['the name of a variable', checks.variableName, (answer) => ({ settings: { SECRET_KEY: { env: answer } } })],
  ['the path of a file', checks.localFile, (answer) => ({ settings: { SECRET_KEY: { file: answer } } })],
]

it.each(typed)('%s is judged by the wizard as the flags file judges it', (_, check, as) => {
  const different: string[] = []
  let refused = 0
  for (const value of hostileValues) {
    const mistake = check(value)
    const judged = judgedByFile(as(value))
    if (mistake !== undefined) refused++
    // what is taken comes through exactly as it was typed; what is not is refused for the same reason
    if (mistake === undefined) {
      if (!('flags' in judged)) different.push(JSON.stringify([value, 'taken', judged.refusal]).slice(0, 300))
      else expect(judged.flags).toMatchObject(as(value))
    } else if (!('refusal' in judged)) different.push(JSON.stringify([value, mistake, 'taken']).slice(0, 300))
    else if (!inOwnWords.includes(mistake) && !judged.refusal.includes(mistake))
      different.push(JSON.stringify([value, mistake, judged.refusal]).slice(0, 300))
  }
  expect(different).toEqual([])
  expect(refused).toBeGreaterThan(10)
})
