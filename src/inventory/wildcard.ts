/**
 * Whether `web*.example.???` fits a name. Only the last star is ever taken back, so the work is at most the product of
 * both lengths, whatever anybody writes: a regular expression could take for ever.
 */
export const fits = (name: string, pattern: string): boolean => {
  let at = 0
  let inPattern = 0
  let star = -1
  let tried = 0
  while (at < name.length) {
    const wanted = pattern[inPattern]
    if (wanted === '*') {
      star = inPattern
      tried = at
      inPattern += 1
    } else if (wanted === '?' || (wanted !== undefined && wanted === name[at])) {
      at += 1
      inPattern += 1
    } else if (star !== -1) {
      tried += 1
      at = tried
      inPattern = star + 1
    } else return false
  }
  while (pattern[inPattern] === '*') inPattern += 1
  return inPattern === pattern.length
}
