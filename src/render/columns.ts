import widthOf from 'fast-string-width'

/** Rows of cells, the columns of which stand below each other; the last is not filled up. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = []
  for (const cells of rows) {
    cells.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, widthOf(cell))))
  }
  return rows.map((cells) =>
    cells
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  )
}

/** `web01, web02, web03 and 9 more` */
export const someOf = (names: readonly string[], most = 8): string => {
  if (names.length <= most) return names.join(', ')
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`
}
