import { printable } from '../config/mistake.js'
import type { Node } from './python-tree.js'
import type { Finding } from './project.js'

/** Source text on one line, short, and safe to show: whoever wrote the project may be anybody. */
export const quoted = (text: string): string => printable(text.slice(0, 400).replace(/\s+/g, ' ').trim(), 80)

/** Of a statement that has many lines, the one that something stands in. */
export const lineWith = (node: Node, statement: Node): Node => ({
  line: node.line,
  text: statement.text.split('\n', node.line - statement.line + 1).at(-1) ?? '',
})

export const foundAt = <T>(value: T, path: string, { line, text }: Node): Finding<T> => ({
  value,
  where: `${printable(path, 255)}:${line}`,
  because: quoted(text),
})

export const foundIn = <T>(value: T, path: string, because: string): Finding<T> => ({
  value,
  where: printable(path, 255),
  because: quoted(because),
})

export const noteAt = (text: string, path: string, node: Node): Finding<string> =>
  foundAt(printable(text, 300), path, node)

export const noteIn = (text: string, path: string, because: string): Finding<string> =>
  foundIn(printable(text, 300), path, because)
