import { expect } from 'vitest'
import { createGuest, type Guest, type PreparedGuest } from '../../vagrant/guest.js'
import { exitCodes, type ErrorCode } from '../../src/errors.js'
import { deployFlask, type CliResult } from './cli.js'
import { writeFlags } from './flags.js'
import { below, leftovers, snapshot } from './snapshot.js'

/** The one error of a run, with its exit code and all of its four blocks. */
export const expectFailure = ({ exitCode, stderr }: CliResult, code: ErrorCode): void => {
  expect(stderr).toMatch(new RegExp(`^error ${code}: .+\\nwhere: .+\\nevidence:\\n(    .*\\n)+what to do: .+$`, 'm'))
  expect(stderr.match(/^error /gm), stderr).toHaveLength(1)
  expect(exitCode, stderr).toBe(exitCodes[code])
}

/** A run that ended before it changed anything: the reason, the place in one block or another, and what to do. */
export const expectRefusal = ({ exitCode, stderr }: CliResult, code: ErrorCode, place: string | RegExp): void => {
  expect(stderr).toMatch(
    new RegExp(`^error ${code}: .+\\n(where: .+\\n)?(evidence:\\n(    .*\\n)+)?what to do: .+$`, 'm'),
  )
  expect(stderr.match(/^error /gm), stderr).toHaveLength(1)
  expect(stderr).toMatch(place)
  expect(exitCode, stderr).toBe(exitCodes[code])
}

export interface Attempt {
  readonly result: CliResult
  /** What it left behind, one line a path; of Apache alone in `apache`. */
  readonly left: readonly string[]
  readonly apache: readonly string[]
}

/** Applies these flags between two snapshots. */
export const attempt = async (guest: Guest, flags: Readonly<Record<string, unknown>>): Promise<Attempt> => {
  const before = await snapshot(guest)
  const result = await deployFlask(['apply', '-f', await writeFlags(flags), '--yes'])
  const after = await snapshot(guest)
  return {
    result,
    left: leftovers(before, after),
    apache: leftovers(below('/etc/apache2', before), below('/etc/apache2', after)),
  }
}

/** A guest for one test. */
export const withGuest = async (
  template: 'php' | 'pristine' | PreparedGuest,
  name: string,
  work: (guest: Guest) => Promise<void>,
): Promise<void> => {
  const guest = await createGuest(template, name)
  try {
    await work(guest)
  } finally {
    await guest.destroy()
  }
}
