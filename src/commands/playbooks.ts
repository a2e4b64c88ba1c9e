import { existsSync, readdirSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { coloursFor } from '../render/colour.js'
import type { Io } from '../render/out.js'
import { loadPlaybook } from './playbook-file.js'
import { packageFolder } from './version.js'

interface Listed {
  readonly name: string
  readonly summary: string
  readonly file: string
}

/** Those that come with the package: the one that runs by default, and examples to begin with. */
const shipped = async (): Promise<readonly Listed[]> => {
  const root = packageFolder()
  if (root === undefined) return []
  const { flaskSite } = await import('../../playbooks/flask-site.js')
  const examples = fileURLToPath(new URL('examples/playbooks/', root))
  const files = existsSync(examples)
    ? readdirSync(examples)
        .filter((name) => name.endsWith('.ts'))
        .sort()
    : []
  return [
    { ...flaskSite, file: fileURLToPath(new URL('playbooks/flask-site.ts', root)) },
    ...(await Promise.all(
      files.map((name) => resolve(examples, name)).map(async (file) => ({ ...(await loadPlaybook(file)), file })),
    )),
  ]
}

/** As a person in this folder would write it. */
const shown = (file: string, cwd: string): string => {
  const path = relative(cwd, file)
  return path.startsWith('..') ? file : path
}

export const listPlaybooks = async (io: Io, options: { readonly color?: boolean }): Promise<number> => {
  const { bold } = coloursFor(io.stdout, io, options.color)
  const entries = (await shipped()).map(
    ({ name, summary, file }, index) =>
      `${bold(name)}${index === 0 ? ' (by default)' : ''}\n    ${summary}\n    ${shown(file, io.cwd)}\n`,
  )
  io.stdout.write(
    `${entries.join('\n')}\nOne of your own: --playbook FILE.ts; how it is written: playbooks/README.md\n`,
  )
  return 0
}
