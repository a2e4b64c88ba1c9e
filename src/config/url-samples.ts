/** Nobody mounts anything at it. */
const segment = 'zqxj'

/** A folder or a single thing; all below it belongs to it. */
export const samplesBelow = (url: string): readonly string[] =>
  url.endsWith('/') ? [url, `${url}${segment}`] : [url, `${url}/${segment}`]

const set = /\[(\^?)([^\]]*)\]([+*?]|\{[^}]*\})?/g

/** `{2,5}` -> 2 */
const timesOf = (quantifier = '?'): number => {
  if (quantifier === '+' || quantifier === '*') return 3
  return Math.max(1, Number(/[0-9]+/.exec(quantifier)?.[0] ?? 1))
}

const candidates = ['z', 'Z', '7', '_', '~', '-', '.'] as const

/**
 * URLs that a pattern matches: its sets are filled with several letters each. A pattern that is asked earlier and matches
 * them all leaves nothing to this one.
 */
export const samplesOf = (pattern: string): readonly string[] => {
  const matcher = new RegExp(pattern)
  const plain = pattern.replace(/^\^|\$$/g, '')
  const filled = candidates.map((letter) =>
    plain
      .replace(set, (_, not: string, inside: string, quantifier: string | undefined) => {
        const fits = new RegExp(`^[${not}${inside}]$`)
        const fitting = [letter, ...candidates].find((one) => fits.test(one)) ?? inside.slice(0, 1)
        return fitting.repeat(timesOf(quantifier))
      })
      .replace(/[()\\]/g, ''),
  )
  return [...new Set(filled)].filter((url) => matcher.test(url))
}
