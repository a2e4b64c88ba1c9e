import type { DeployError } from '../errors.js'
import { errorDocument } from '../render/error.js'
import type { HostOutcome } from '../render/documents-schema.js'

export { hostOutcomeForm, type HostOutcome } from '../render/documents-schema.js'

/** What a host has come to that a run was ended on by these errors. */
export const failedOutcome = (
  host: string,
  errors: readonly [DeployError, ...DeployError[]],
  { changes = 0, milliseconds = 0 }: Partial<Pick<HostOutcome, 'changes' | 'milliseconds'>> = {},
): HostOutcome => ({
  host,
  state: 'failed',
  changes,
  milliseconds: Math.round(milliseconds),
  errors: errors.map(errorDocument),
})

/** The run has ended before it came to this host: nothing was changed there. */
export const notBegun = (host: string): HostOutcome => ({
  host,
  state: 'not begun',
  changes: 0,
  milliseconds: 0,
  errors: [],
})

/**
 * Which exit code tells of a fleet whose hosts have ended with these: the one that a person must look after first.
 * Taken back incompletely, a bug, refused, not reached, locked by another run, refused before the first change, stopped.
 */
const gravest = [5, 70, 1, 4, 75, 2, 130] as const

/** 0 where all hosts are as they should be. Hosts that were not begun although none has failed: somebody has stopped it. */
export const exitCodeOf = (outcomes: readonly HostOutcome[]): number => {
  const codes = new Set(outcomes.flatMap(({ errors }) => errors.map(({ exitCode }) => exitCode)))
  const [first] = codes
  const stopped = outcomes.some(({ state }) => state === 'not begun') ? 130 : 0
  return gravest.find((code) => codes.has(code)) ?? first ?? stopped
}
