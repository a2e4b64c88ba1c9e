import wrapAnsi from 'wrap-ansi'

/** Broken between words, so that narrow terminals break none; indented lines keep their beginning. */
export const toWidth = (text: string): string => wrapAnsi(text, process.stderr.columns || 80, { trim: false })
