/** Name -> where its value stands: what python-dotenv reads, line by line. */
export const dotenvLines = (text: string): ReadonlyMap<string, { readonly value: string; readonly line: number }> => {
  const found = new Map<string, { value: string; line: number }>()
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const [, name, raw = ''] = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(written) ?? []
    if (name !== undefined) found.set(name, { value: unquoted(raw.trim()), line: index + 1 })
  }
  return found
}

const unquoted = (raw: string): string => {
  const [, , inner] = /^(["'])(.*?)\1\s*(#.*)?$/.exec(raw) ?? []
  return inner ?? raw.replace(/\s+#.*$/, '')
}
