import widthOf from 'fast-string-width'

/** A line that fits, and how many columns it takes. */
export interface Fitted {
  readonly text: string
  readonly width: number
}

/** One column each, and no reason to look for pictures. */
const ascii = /^[ -~]*$/
const styles = /(\u001b\[[\d;]*m)/
let segmenter: Intl.Segmenter | undefined

/** Styles, which take no room, and characters, in their order. */
const partsOf = (line: string): readonly Fitted[] => {
  // made when it is needed for the first time: most runs cut nothing
  const characters = (segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' }))
  return line
    .split(styles)
    .flatMap((part, index) =>
      index % 2 === 1
        ? [{ text: part, width: 0 }]
        : Array.from(characters.segment(part), ({ segment }) => ({ text: segment, width: widthOf(segment) })),
    )
}

/** The line with no more than so many columns; an ellipsis stands for what was cut. */
export const fit = (line: string, columns: number, ellipsis: string): Fitted => {
  const whole = ascii.test(line) ? line.length : widthOf(line)
  if (whole <= columns) return { text: line, width: whole }
  const room = columns - ellipsis.length
  let [text, width, full] = ['', 0, false]
  for (const part of partsOf(line)) {
    full ||= width + part.width > room
    // what was begun in a style is ended in one
    if (full && part.width > 0) continue
    text += part.text
    width += part.width
  }
  return { text: `${text}${ellipsis}`, width: width + ellipsis.length }
}
