import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import type { Io } from '../render/out.js'

/** The names that ssh_config has entries for, without patterns. */
export const hostNames = async (configFile: string | undefined, { cwd, env }: Io): Promise<readonly string[]> => {
  const file = configFile === undefined ? `${env['HOME'] ?? homedir()}/.ssh/config` : resolve(cwd, configFile)
  const text = await readFile(file, 'utf8').catch(() => '')
  const names = [...text.matchAll(/^[ \t]*Host[ \t=]+(.*)$/gim)].flatMap(([, list = '']) => list.split(/\s+/))
  return [...new Set(names)].filter((name) => /^[\w.:-]+$/.test(name))
}
