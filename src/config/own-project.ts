import { packageOf, readRequirements, type Allowed, type ReadRequirements } from './requirements.js'

/** What the project in a folder says that it needs. */
export interface OwnProject {
  /** That says it: `pyproject.toml`. */
  readonly file: string
  readonly requirements: readonly string[]
  /** What only running it would tell, or pip does not understand. */
  readonly refused: readonly string[]
}

/** `-e .`, alone in its line: the project that the file belongs to. */
const itself = /^[ \t]*(?:-e|--editable)[ \t=][ \t]*\.\/?[ \t]*(?:#.*)?$/

export interface WithProject extends ReadRequirements {
  /** What a person should know of it, a sentence each. */
  readonly notes: readonly string[]
}

const lineOfItself = (text: string): number => text.split(/\r?\n/).findIndex((line) => itself.test(line)) + 1

const unreadable = (own: OwnProject | undefined): string | undefined => {
  if (own === undefined) {
    return 'neither pyproject.toml, setup.cfg nor setup.py of the code says what it needs: list that here instead'
  }
  return own.refused.length === 0
    ? undefined
    : `${own.file} says in a way that cannot be read what it needs: list that here instead (${own.refused.join(', ')})`
}

/**
 * Requirements of which one is the code itself, to be found where it lies: that is so already, also below src/. What it
 * needs counts as if it stood here, but for packages that stand here themselves.
 *
 * @param text of a requirements file
 * @param path that it is told by
 * @param projectOf asked only where it is needed
 */
export const readWithProject = async (
  text: string,
  path: string,
  allowed: Allowed,
  projectOf: () => Promise<OwnProject | undefined>,
): Promise<WithProject> => {
  const line = lineOfItself(text)
  if (line === 0) return { ...readRequirements(text, path, allowed), notes: [] }
  const others = readRequirements(text.replace(new RegExp(itself, 'gm'), ''), path, allowed)
  const own = await projectOf()
  const fault = unreadable(own)
  if (own === undefined || fault !== undefined) {
    return { ...others, mistakes: [...others.mistakes, `${path}:${line}: -e .: ${fault ?? ''}`], notes: [] }
  }
  const named = new Set(others.text.split('\n').map(packageOf))
  const needed = own.requirements.filter((one) => !named.has(packageOf(one)))
  const read = readRequirements(needed.join('\n'), own.file, allowed)
  return {
    text: others.text + read.text,
    mistakes: [...others.mistakes, ...read.mistakes.map((message) => message.replace(/:\d+: /, ': '))],
    notes: [
      `${path}:${line}: -e .: what ${own.file} names is installed; the code itself is found where it is sent, and pip does not know of it`,
    ],
  }
}
