/** A word of a line, without its quotes. */
export interface Word {
  readonly text: string
  /** Counts from 1. */
  readonly column: number
}

/** The words of a line as Ansible takes it apart (Python's shlex): # ends it; undefined where a quote is not closed. */
export const wordsOf = (line: string): readonly Word[] | undefined => {
  const words: Word[] = []
  let text = ''
  let column = 0
  const begin = (at: number): void => void (column = column === 0 ? at + 1 : column)
  const end = (): void => {
    if (column > 0) words.push({ text, column })
    text = ''
    column = 0
  }
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    if (character === '#') break
    if (/\s/.test(character)) end()
    else if (character === '\\') {
      begin(at)
      at += 1
      if (at >= line.length) return undefined
      text += line[at] ?? ''
    } else if (character === "'" || character === '"') {
      begin(at)
      const close = closing(line, at)
      if (close === -1) return undefined
      const inside = line.slice(at + 1, close)
      text += character === '"' ? inside.replace(/\\(["\\])/g, '$1') : inside
      at = close
    } else {
      begin(at)
      text += character
    }
  }
  end()
  return words
}

/** Where the quote that opens here is closed; in double quotes a backslash hides what follows it. */
const closing = (line: string, open: number): number => {
  const quote = line[open] ?? ''
  for (let at = open + 1; at < line.length; at++) {
    if (line[at] === quote) return at
    if (quote === '"' && line[at] === '\\') at += 1
  }
  return -1
}
