import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { z } from 'zod'
import { vagrantFolder } from '../cache.js'
import type { Command } from './sides/side.js'
import { stopped } from './stopped.js'

/** What a program took of this computer. */
export interface Metered {
  readonly seconds: number
  /** Seconds of the processors, of the program and its children. */
  readonly cpu: number
  /** MB: the largest of its processes. */
  readonly peak: number
  readonly printed: string
}

/** A side that could not do its work: there is nothing to compare then. */
export class RunFailed extends Error {
  readonly exitCode = 1
}

const form = z.object({ seconds: z.number(), cpu: z.number(), peak: z.number() })

/** Runs a program to its end, which must be a good one. `folder` is for files that are thrown away. */
export async function metered({ argv, env, input, cwd }: Command, folder: string): Promise<Metered> {
  const file = join(folder, 'metered.json')
  const ended = await execa('python3', ['-I', join(vagrantFolder, 'bench/meter.py'), file, ...argv], {
    env: { LC_ALL: 'C.UTF-8', ...env },
    input: input ?? '',
    reject: false,
    all: true,
    cancelSignal: stopped,
    ...(cwd === undefined ? {} : { cwd }),
  })
  stopped.throwIfAborted()
  if (ended.failed) throw new RunFailed(`${argv.join(' ')} failed:\n${ended.all}`)
  // pyinfra tells its results on stderr.
  return { ...form.parse(JSON.parse(await readFile(file, 'utf8'))), printed: ended.all }
}
