/** Apache's configuration as a tree: quoting and line ends are decided here and nowhere else. */
export interface Directive {
  readonly name: string
  readonly args: readonly Argument[]
  /** For `explain`, one line: the key that it comes from, and what it does there. */
  readonly because: string
}

export interface Section extends Directive {
  readonly inside: readonly Node[]
}

export type Node = Directive | Section

/** `as` is written as it is: what Apache itself is to expand, and what mod_rewrite reads by rules of its own. */
export type Argument = string | { readonly as: string }

export const directive = (name: string, args: readonly Argument[], because: string): Directive => ({
  name,
  args,
  because,
})

export const section = (
  name: string,
  args: readonly Argument[],
  because: string,
  inside: readonly Node[],
): Section => ({
  ...directive(name, args, because),
  inside,
})

const refuse = (): never => {
  throw new RangeError('a value cannot stand in an Apache file')
}

/** No validation before this may be forgotten: a line end is a new directive, and ${NAME} is expanded by Apache. */
const mustBeOneArgument = (value: string): void => {
  if (/[\p{Cc}\p{Cs}]|\$\{/u.test(value)) refuse()
}

/** A backslash at the end of a line joins it with the next one, two of them as well. */
const mustBeOneLine = (value: string): void => {
  if (/[\p{Cc}\p{Cs}]|\\$/u.test(value)) refuse()
}

/** An argument as Apache's ap_getword_conf reads it back: a backslash counts before a backslash or the quote only. */
const quoted = (argument: Argument): string => {
  if (typeof argument !== 'string') {
    mustBeOneLine(argument.as)
    return argument.as
  }
  mustBeOneArgument(argument)
  const isPlain = /^(?![#-])(?:[^\s"'<>\\]|\\[^\s"'<>\\])+$/.test(argument)
  return isPlain ? argument : `"${argument.replace(/"|\\(?=["\\]|$)/g, '\\$&')}"`
}

/** A path as a regular expression that matches nothing else. */
export const literally = (text: string): string => text.replace(/[.+$~()-]/g, '\\$&')

export const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`)

export const isAtOrBelow = (path: string, folder: string): boolean => path === folder || isBelow(path, folder)

const width = 100

/** Long ones go on in lines of their own, which Apache joins again. */
const wrapped = (words: readonly string[], indent: string): string => {
  const [first = '', ...rest] = words
  const lines = [`${indent}${first}`]
  for (const word of rest) {
    const line = lines.at(-1) ?? ''
    if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(`${indent}    ${word}`)
  }
  return lines.join(' \\\n')
}

/** `explain`: with a comment above each directive, made from the setting that caused it. */
export const rendered = (nodes: readonly Node[], explain?: (because: string) => string, indent = ''): string =>
  nodes
    .map((node) => {
      const told = explain?.(node.because) ?? ''
      mustBeOneLine(told)
      const comment = told === '' ? '' : `${indent}# ${told}\n`
      const args = node.args.map(quoted)
      if (!('inside' in node)) return `${comment}${wrapped([node.name, ...args], indent)}\n`
      const inside = rendered(node.inside, explain, `${indent}    `)
      return `${comment}${wrapped([`<${node.name}`, ...args], indent)}>\n${inside}${indent}</${node.name}>\n`
    })
    .join('')
