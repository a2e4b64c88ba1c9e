import type { TestProject } from 'vitest/node'
import { destroyGuest, prepareGuest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Container with examples/notes deployed, stopped: for guests that begin where a first deployment ended. */
    deployed: string
  }
}

const name = 'deployed'

/** One deployment for all suites: each of them begins with a copy of this guest. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const { container } = await prepareGuest('pristine', name, async (guest) => {
    const applied = await deployFlask(['apply', '-f', await writeFlags(notesFlags(guest)), '--yes'])
    if (applied.exitCode !== 0) throw new Error(`the deployment that the suites begin with failed:\n${applied.stderr}`)
  })
  project.provide('deployed', container)
  return () => destroyGuest(name)
}
