const path = /\/(?=["']?>?$)/

/** A folder is the same with and without a slash at its end, where Apache and mod_wsgi do not go by it. */
const wordOf = (word: string, isFolder: boolean): string =>
  (isFolder || word.startsWith('python-home=') || word.startsWith('home=') ? word.replace(path, '') : word).replaceAll(
    /["']/g,
    '',
  )

/** The name of a directive is the same in capitals. */
const lineOf = (line: string): string => {
  const [name = '', ...words] = line.trim().split(/\s+/)
  const isFolder = /^<directory$/i.test(name)
  return [name.toLowerCase(), ...words.map((word) => wordOf(word, isFolder))].join(' ').replace(/\s*>$/, '>')
}

/**
 * What Apache reads of a file: not its comments, blank lines, indentation and quotes. Two texts that differ in anything
 * else are different, though they may mean the same.
 *
 * @param text of a configuration file
 */
export const meaningOf = (text: string): string =>
  text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(lineOf)
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n')
