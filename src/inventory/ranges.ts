type Expanded = { readonly names: readonly string[] } | { readonly mistake: string }

interface Range {
  readonly count: number
  readonly at: (index: number) => string
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** `01:20`, `1:9:2`, `a:f`, as Ansible reads them: both ends belong to it. */
const rangeOf = (text: string): Range | string => {
  const [begin = '', end = '', every = '1', ...more] = text.split(':')
  if (more.length > 0 || !text.includes(':') || !/^[1-9][0-9]{0,5}$/.test(every)) {
    return `[${text}] is no range: write [01:20], [a:f], or [1:9:2] for every second`
  }
  const step = Number(every)
  if (/^[A-Za-z]$/.test(begin) && /^[A-Za-z]$/.test(end)) {
    const [first, last] = [letters.indexOf(begin), letters.indexOf(end)]
    if (first > last) return `[${text}] ends before it begins`
    return { count: Math.floor((last - first) / step) + 1, at: (index) => letters[first + index * step] ?? '' }
  }
  if (!/^[0-9]{0,9}$/.test(begin) || !/^[0-9]{1,9}$/.test(end)) {
    return `[${text}] is no range: it goes from a number to a number, or from a letter to a letter`
  }
  const isFilled = begin.length > 1 && begin.startsWith('0')
  if (isFilled && begin.length !== end.length) return `[${text}]: both ends must have as many digits`
  const [first, last] = [Number(begin), Number(end)]
  if (first > last) return `[${text}] ends before it begins`
  return {
    count: Math.floor((last - first) / step) + 1,
    at: (index) => String(first + index * step).padStart(isFilled ? begin.length : 0, '0'),
  }
}

/** All names that `web[01:20].example.com` stands for; at most so many, which is seen before any of them is made. */
export const expandRanges = (text: string, most: number): Expanded => {
  // between brackets every second part is what stands inside of them
  const parts = text.split(/\[([^[\]]*)\]/)
  if (parts.some((part, index) => index % 2 === 0 && /[[\]]/.test(part))) return { mistake: 'has a bracket too many' }
  const ranges: Range[] = []
  for (const inside of parts.filter((_, index) => index % 2 === 1)) {
    const range = rangeOf(inside)
    if (typeof range === 'string') return { mistake: range }
    ranges.push(range)
  }
  const count = ranges.reduce((product, range) => product * range.count, 1)
  if (count > most) return { mistake: `stands for ${count} hosts, more than an inventory may hold` }
  let names: readonly string[] = [parts[0] ?? '']
  for (const [index, range] of ranges.entries()) {
    const tail = parts[index * 2 + 2] ?? ''
    names = names.flatMap((name) => Array.from({ length: range.count }, (_, at) => `${name}${range.at(at)}${tail}`))
  }
  return { names }
}
