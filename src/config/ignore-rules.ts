import { basename } from 'node:path/posix'
import ignore, { type Ignore } from 'ignore'

const alwaysOut = new Set(['.git', '.hg', '.svn', '__pycache__', 'node_modules'])

/** Examples of an `.env` file hold no secrets: that is what they are for. */
const isEnvFile = (name: string): boolean =>
  name === '.env' || (name.startsWith('.env.') && !/\.(example|sample|template|dist)$/.test(name))

const linesOf = (text: string): readonly string[] =>
  text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))

/**
 * The line of a nested .gitignore as it would read in the one at the top. Characters that patterns read specially in
 * the name of the folder become `?`: these rules are only asked about what lies in that very folder.
 */
const atTop = (line: string, folder: string): string => {
  if (folder === '' || line.startsWith('#') || line.trim() === '') return line
  const negated = line.startsWith('!')
  const body = (negated ? line.slice(1) : line).replace(/^\\(?=[#!])/, '')
  const here = folder.replace(/[\\*?[\]]/g, '?')
  const isAnchored = body.replace(/ +$/, '').slice(0, -1).includes('/')
  return `${negated ? '!' : ''}/${here}/${isAnchored ? body.replace(/^\//, '') : `**/${body}`}`
}

/**
 * What stays at home, in one folder: the rules of every .gitignore from the top down to it, as git reads them, and
 * then those of .deployignore, which have the last word. Files that git tracks although a rule names them stay at home
 * too: git itself is not asked, so that a folder gives the same release with and without its repository.
 */
export class IgnoreRules {
  readonly #all: Ignore
  readonly #deploy: Ignore

  private constructor(
    private readonly gitLines: readonly string[],
    private readonly deployLines: readonly string[],
  ) {
    const options = { ignorecase: false }
    this.#all = ignore(options).add([...gitLines, ...deployLines])
    this.#deploy = ignore(options).add([...deployLines])
  }

  static top(deployignore: string | undefined): IgnoreRules {
    return new IgnoreRules([], linesOf(deployignore ?? ''))
  }

  /** The rules inside a folder that has a .gitignore of its own. */
  within(folder: string, gitignore: string): IgnoreRules {
    const lines = linesOf(gitignore).map((line) => atTop(line, folder))
    return new IgnoreRules([...this.gitLines, ...lines], this.deployLines)
  }

  leavesOut(path: string, isFolder: boolean): boolean {
    const name = basename(path)
    if (alwaysOut.has(name) || path === '.deployignore' || (name.endsWith('.pyc') && !isFolder)) return true
    const asked = isFolder ? `${path}/` : path
    if (this.#all.ignores(asked)) return true
    return isEnvFile(name) && !this.#deploy.test(asked).unignored
  }
}
