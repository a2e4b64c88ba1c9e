import { z } from 'zod'
import type { Answer } from '../core/command.js'
import type { Probe } from '../core/probe.js'
import { quote } from '../core/quote.js'
import { venvScript } from './venv-script.js'

const venv = z.object({
  prefix: z.string(),
  /** `3.6` */
  python: z.string(),
  /** Whether bin/pip can be run. */
  pip: z.boolean(),
  tools: z.record(z.string(), z.string()),
  /** What the requirements ask for and the venv does not have, one sentence each. */
  unmet: z.array(z.string()),
})

export type Venv = z.output<typeof venv>

export interface WantedRequirements {
  /** Requirements, one a line. */
  readonly text: string
  /** Or a requirements file on the host. */
  readonly file?: string
  /** Whether that file may be missing. */
  readonly optional?: boolean
}

const parse = (answer: Answer): Venv | null => {
  if (answer.exitCode !== 0) return null
  try {
    return venv.parse(JSON.parse(answer.stdout))
  } catch {
    // A python that prints anything else is not a working venv: it is made anew.
    return null
  }
}

/** A virtual environment as its own python sees it; null when there is none or it does not work. */
export const venvAt = (path: string, wanted: WantedRequirements): Probe<Venv | null> => ({
  ask: {
    sh: `${quote(`${path}/bin/python`)} -I -c ${quote(venvScript)} ${quote(JSON.stringify({ text: wanted.text, file: wanted.file ?? null, optional: wanted.optional ?? false }))}`,
  },
  as: 'root',
  parse,
})
