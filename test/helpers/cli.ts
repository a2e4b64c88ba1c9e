import { execa } from 'execa'
import { commandLine } from '../../vagrant/notes.js'

export const bin = commandLine

export interface CliResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** The product as its users start it: a process of its own, without a terminal. */
export const deployFlask = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = process.cwd(),
): Promise<CliResult> => {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [bin, ...args], {
    reject: false,
    stdin: 'ignore',
    cwd,
    env: { NOTES_SECRET_KEY: 'acceptance-secret-key', NO_COLOR: '1', CI: '', ...env },
    stripFinalNewline: false,
  })
  return { exitCode: exitCode ?? -1, stdout, stderr }
}

/** All that a run prints which finds the host as it should be. */
export const nothingToDo = /^nothing to do: https?:\S+ on \S+ is as it should be \([\d.]+ s\)\n$/
