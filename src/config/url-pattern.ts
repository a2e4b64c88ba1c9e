import { z } from 'zod'

/**
 * URL patterns that cannot surprise: anchored, without alternatives, nothing repeated but one set of characters. So they
 * neither match in the middle of a URL (an unanchored AliasMatch answers `/deep/er/x.css` with `styles/x.css`) nor take
 * exponential time.
 */
const token =
  /\\[.+$()~-]|\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_./~-])+\](?:[+*?]|\{[0-9]{1,2}(?:,[0-9]{0,2})?\})?|[A-Za-z0-9_~/-]|[()]/gy

const tokensOf = (inner: string): readonly string[] => inner.match(token) ?? []

const isSet = (one: string): boolean => one.startsWith('[')
const isEndless = (one: string): boolean => isSet(one) && /([+*]|,\})$/.test(one)

/** `.-9` is a range, too, and holds the slash. */
const matcherOf = (set: string): RegExp | undefined => {
  try {
    // the whole of it first, for {5,2} goes backwards, too
    return new RegExp(set) && new RegExp(`^${set.slice(0, set.indexOf(']') + 1)}$`)
  } catch {
    return undefined
  }
}

/** Between `^` and `$`. */
const inner = (pattern: string): string => pattern.replace(/^\^/, '').replace(/\$$/, '')

const balanced = (tokens: readonly string[]): boolean => {
  let depth = 0
  for (const one of tokens) {
    if (one === '(') depth++
    if (one === ')') depth--
    if (depth < 0 || depth > 1) return false
  }
  return depth === 0
}

const maxLength = 255

const faultOf = (pattern: string): string | undefined => {
  if (pattern.length > maxLength) return undefined
  if (!pattern.startsWith('^/')) {
    return 'must begin with "^/": without it the pattern matches in the middle of other URLs, too'
  }
  const tokens = tokensOf(inner(pattern))
  if (tokens.join('') !== inner(pattern) || !balanced(tokens)) {
    return (
      'must be made of plain characters (a dot as \\.), sets such as [^/]+ and groups of these; no group is repeated, ' +
      'and there are no alternatives: ^/wsgi/([^/]+)'
    )
  }
  const backwards = tokens.find((one) => isSet(one) && matcherOf(one) === undefined)
  if (backwards !== undefined) return `must not hold ${backwards}, in which a range goes backwards`
  const slash = tokens.find((one) => isSet(one) && matcherOf(one)?.test('/') === true)
  if (slash !== undefined) return `must not let ${slash} match a slash: write [^/]+, one segment of the URL`
  const flat = tokens.filter((one) => one !== '(' && one !== ')')
  const beside = flat.find((one, index) => isEndless(one) && isEndless(flat[index + 1] ?? ''))
  if (beside !== undefined) {
    return `must have a plain character after ${beside}: two repeated sets side by side take very long to match`
  }
  return segmentsOf(flat).some((segment) => segment.filter(isEndless).length > 2)
    ? 'must not repeat more than two sets between two slashes: that takes very long to match'
    : undefined
}

const segmentsOf = (tokens: readonly string[]): readonly (readonly string[])[] =>
  tokens.reduce<readonly (readonly string[])[]>(
    (found, one) => (one === '/' ? [...found, []] : [...found.slice(0, -1), [...(found.at(-1) ?? []), one]]),
    [[]],
  )

export const urlPattern = z
  .string()
  .max(maxLength)
  .superRefine((pattern, context) => {
    const message = faultOf(pattern)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

/** How many groups a pattern has: $1 to this. */
export const groupsOf = (pattern: string): number => tokensOf(inner(pattern)).filter((one) => one === '(').length
