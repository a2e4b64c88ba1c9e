/** How many letters must be typed differently to get from one word to the other; swapped neighbours count once. */
export const distance = (a: string, b: string): number => {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (same ? 0 : 1),
          swapped ? at(i - 2, j - 2) + 1 : Infinity,
        ),
      )
    }
  }
  return at(a.length, b.length)
}

/** `serverName`, `server_name` and `Server-Name` are all `server-name` to a person. */
const kebab = (word: string): string =>
  word
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/[_ .]/g, '-')
    .toLowerCase()

/** The word that was probably meant, or undefined when none is near enough to be more than a guess. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  // nobody means a long word by a longer one, and the table grows with the product of both
  if (word.length > 64) return undefined
  const ranked = known
    .map((candidate) => ({ candidate, away: distance(kebab(word), candidate.toLowerCase()) }))
    .filter(({ candidate, away }) => away <= Math.min(2, Math.floor(candidate.length / 2)))
    .sort((one, other) => one.away - other.away)
  return ranked[0]?.candidate
}
