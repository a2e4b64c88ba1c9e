import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'

/** Apache's tables do not tell capital letters from small ones. */
const twins = (flags: FlagsFile): readonly Broken[] => {
  const names = Object.keys(flags.environ)
  return names.flatMap((name, index) => {
    const other = names.slice(0, index).find((one) => one.toLowerCase() === name.toLowerCase())
    return other === undefined
      ? []
      : [
          {
            path: ['environ', name],
            message: `is ${other} to Apache, which knows no capital letters: keep one of them`,
          },
        ]
  })
}

const reserved = (flags: FlagsFile): readonly Broken[] =>
  flags['user-directories'] === undefined
    ? []
    : Object.keys(flags.environ)
        .filter((name) => name.toLowerCase() === 'application_group')
        .map((name) => ({ path: ['environ', name], message: 'is set by user-directories: choose another name' }))

const maps = (flags: FlagsFile): readonly Broken[] => {
  const defined = Object.keys(flags['rewrite-maps'])
  return Object.entries(flags.environ).flatMap(([name, field]) =>
    typeof field === 'object' && 'map' in field && !defined.includes(field.map)
      ? [
          {
            path: ['environ', name, 'map'],
            message: `${field.map} is none of rewrite-maps${defined.length === 0 ? '' : `; there is ${defined.join(', ')}`}`,
          },
        ]
      : [],
  )
}

const contents = (flags: FlagsFile): readonly Broken[] =>
  Object.entries(flags['rewrite-maps']).flatMap(([name, { entries, file }]) => {
    const path = ['rewrite-maps', name]
    if (entries !== undefined && file !== undefined) {
      return [{ path: [...path, 'file'], message: 'stands beside entries: keep one of them' }]
    }
    return entries === undefined && file === undefined
      ? [{ path, message: 'needs what it holds: entries: {key: value}, or file: /path/of/map' }]
      : []
  })

/** mod_wsgi: Configuration Guidelines, Application Configuration. */
export const environRules = (flags: FlagsFile): readonly Broken[] => [
  ...twins(flags),
  ...reserved(flags),
  ...maps(flags),
  ...contents(flags),
]
