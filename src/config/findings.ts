import type { z } from 'zod'
import { printable, type Finding, type Path } from './mistake.js'
import { hintForOption, reasonForLimit } from './mod-wsgi-options.js'
import { nearest } from './near.js'
import { descriptionAt, fieldReference, keysAt } from './reference.js'

type Issue = z.core.$ZodIssue

/** What zod found, in the words of the person who writes the file. `written` gives a number as it stands there. */
export const findings = (
  issues: readonly Issue[],
  value: unknown,
  written: (path: Path) => string | undefined,
): readonly Finding[] => {
  const one = (issue: Issue, above: Path): readonly Finding[] => {
    const path = [...above, ...issue.path.map((segment) => (typeof segment === 'number' ? segment : String(segment)))]
    const says = (message: string): readonly Finding[] => [{ path, message }]
    if (path.length > 0 && at(value, path) === undefined) return says(missing(path, issue))
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(path, key), at: 'key' }))
      case 'invalid_union': {
        const branch = meant(issue.errors)
        if (branch !== undefined) return branch.flatMap((inner) => one(inner, path))
        const strange = unknownToAll(issue.errors)
        return strange.length === 0
          ? says(issue.message)
          : strange.map((key) => ({
              path: [...path, key],
              message: `${unknownKey(path, key)}; ${issue.message}`,
              at: 'key',
            }))
      }
      case 'invalid_key':
        return [{ path, message: issue.issues.map(keyMessage).join('; '), at: 'key' }]
      case 'invalid_type':
        return says(typeMessage(issue.expected, path, at(value, path), written(path)))
      case 'invalid_value':
        return says(`must be ${alternatives(issue.values)}`)
      case 'too_small':
        return says(because(limit(issue.origin, 'at least', issue.minimum), reasonForLimit(path)))
      case 'too_big':
        return says(limit(issue.origin, 'at most', issue.maximum))
      case 'invalid_format':
        return says(`${issue.message}${got(path, at(value, path))}`)
      case 'custom':
      case 'not_multiple_of':
      case 'invalid_element':
        return says(issue.message)
    }
  }
  return issues.flatMap((issue) => one(issue, []))
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, segment) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, segment)
        ? Object.getOwnPropertyDescriptor(inner, segment)?.value
        : undefined,
    value,
  )

/** A form of a union fits when the value is of its kind, however wrong inside. */
const fits = (branch: readonly Issue[]): boolean =>
  !branch.some(
    (issue) =>
      issue.path.length === 0 &&
      (issue.code === 'invalid_type' ||
        issue.code === 'invalid_value' ||
        (issue.code === 'invalid_union' && !issue.errors.some(fits))),
  )

const strangers = (branch: readonly Issue[]): readonly string[] =>
  branch.flatMap((issue) => (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys : []))

/** The form that was meant: the only one of its kind, or the only one that knows all the keys. */
const meant = (forms: readonly (readonly Issue[])[]): readonly Issue[] | undefined => {
  const fitting = forms.filter(fits)
  if (fitting.length === 1) return fitting[0]
  const knowing = fitting.filter((branch) => strangers(branch).length === 0)
  return knowing.length === 1 ? knowing[0] : undefined
}

const unknownToAll = (forms: readonly (readonly Issue[])[]): readonly string[] => {
  const [first = [], ...others] = forms.filter(fits).map(strangers)
  return first.filter((key) => others.every((keys) => keys.includes(key)))
}

const unknownKey = (parent: Path, key: string): string => {
  const hint = hintForOption(parent, key)
  if (hint !== undefined) return hint
  const keys = keysAt(parent)
  // of a union, another form has it
  if (keys.includes(key)) return 'cannot be beside the other keys that are written there'
  const near = nearest(key, keys)
  if (near !== undefined) return `unknown key; did you mean ${near}?`
  const elsewhere = fieldReference().find((row) => row.key.includes('.') && row.key.endsWith(`.${key}`))
  return elsewhere === undefined ? 'unknown key' : `unknown key; did you mean ${elsewhere.key}?`
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a whole number',
  boolean: 'true or false',
  array: 'a list: [one, two]',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
}

const alternatives = (values: readonly z.core.util.Primitive[]): string =>
  values.map((allowed) => JSON.stringify(allowed)).join(' or ')

const missing = (path: Path, issue: Issue): string => {
  if (issue.code === 'invalid_value') {
    return `is missing: write ${String(path.at(-1))}: ${alternatives(issue.values)}`
  }
  const about = descriptionAt(path)
  return `is missing${about === undefined ? '' : `: ${about}`}`
}

const keyMessage = (issue: Issue): string =>
  issue.code === 'too_big' ? limit(issue.origin, 'at most', issue.maximum) : issue.message

const typeMessage = (expected: string, path: Path, value: unknown, source: string | undefined): string => {
  const kind = kinds[expected] ?? expected
  if (value === null) return `has no value; must be ${kind}`
  if (expected === 'string' && source !== undefined) {
    return `must be text: write it in quotes${isSecret(path, source) ? '' : `, "${source}"`}`
  }
  if ((expected === 'int' || expected === 'number') && typeof value === 'string' && /^[0-9]{1,10}$/.test(value)) {
    return `must be a whole number: write it without quotes, ${Number(value)}`
  }
  return `must be ${kind}`
}

const because = (message: string, reason: string | undefined): string =>
  reason === undefined ? message : `${message}: ${reason}`

const limit = (origin: string, bound: 'at least' | 'at most', amount: number | bigint): string => {
  if (origin === 'string') return amount === 1 ? 'must not be empty' : `must have ${bound} ${amount} characters`
  if (origin === 'array') return `must have ${bound} ${amount} ${amount === 1 ? 'entry' : 'entries'}`
  return `must be ${bound} ${amount}`
}

/** Passwords land in wrong fields too: show only what is short and cannot be one. */
const isSecret = (path: Path, text: string): boolean =>
  path[0] === 'settings' ||
  /secret|passw|token|key/i.test(path.join('.')) ||
  /:[^/]*@/.test(text) ||
  (/[0-9]/.test(text) && /[A-Za-z0-9+/=_-]{20,}/.test(text))

const got = (path: Path, value: unknown): string =>
  typeof value === 'string' && value.length > 0 && value.length <= 60 && !isSecret(path, value)
    ? `; got ${JSON.stringify(printable(value)).replaceAll('\\\\u{', '\\u{')}`
    : ''
