import { apacheRules } from './rules-apache.js'
import { applicationRules, silence } from './rules-application.js'
import { databaseRules } from './rules-database.js'
import { fileRules } from './rules-files.js'
import { pythonRules } from './rules-python.js'
import { requestRules } from './rules-requests.js'
import type { Rule } from './rule.js'

const known: readonly Rule[] = [
  ...apacheRules,
  ...databaseRules,
  ...fileRules,
  ...pythonRules,
  ...requestRules,
  ...applicationRules,
]

const errors = known.flatMap(({ id, severity }) => (severity === 'error' ? [id] : []))

/** All failures that are known, the more specific first. */
export const rules: readonly Rule[] = [...known, { ...silence, symptomOf: [...errors, 'sqlite-locked'] }]
