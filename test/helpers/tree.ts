import type { Command } from 'commander'
import { program, type Handlers } from '../../src/commands/program.js'
import { settingsTable } from '../../src/config/settings-table.js'
import type { Io } from '../../src/render/out.js'

const nobody = { isTTY: false, write: () => undefined }

const io: Io = { stdout: nobody, stderr: nobody, interactive: false, env: {}, cwd: '/', now: () => new Date(0) }

/** The command line with every setting as an option, and what each command was called with. */
export const commandTree = (): { readonly root: Command; readonly calls: readonly string[] } => {
  const calls: string[] = []
  const handlers = new Proxy({} as Handlers, {
    get: (_, name) => (): Promise<void> => {
      calls.push(String(name))
      return Promise.resolve()
    },
  })
  return { root: program(io, handlers, settingsTable()), calls }
}

/** Those that a person is shown. */
export const visibleCommands = (root: Command): readonly Command[] => root.createHelp().visibleCommands(root)
