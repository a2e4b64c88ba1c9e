import { fchmodSync, openSync, writeSync } from 'node:fs'
import { DeployError } from '../errors.js'
import { jsonLine, jsonLines } from './json-lines.js'
import type { Subscriber } from './subscriber.js'

const open = (file: string): number => {
  try {
    const descriptor = openSync(file, 'a', 0o600)
    fchmodSync(descriptor, 0o600) // it may have been there before, readable for others
    return descriptor
  } catch (cause) {
    throw new DeployError(
      'OUTPUT_UNWRITABLE',
      {
        what: `the log file cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
        where: `--log ${file}`,
        remedy: 'name a file in a folder that you may write to',
      },
      { cause },
    )
  }
}

/**
 * Written at once: what is told before a crash is in it. A log that cannot be written any more (a full disk) must not end
 * a run in the middle of its changes.
 */
export const appending = (file: string, complain: (text: string) => void): ((line: string) => void) => {
  const descriptor = open(file)
  let broken = false
  return (line) => {
    if (broken) return
    try {
      writeSync(descriptor, line)
    } catch (error) {
      broken = true
      complain(`warning: the log ends here: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
}

/** Everything that happens, output of commands included. */
export const logFile = (file: string, now: () => Date, complain: (text: string) => void): Subscriber => {
  const write = appending(file, complain)
  const { failed, ...others } = jsonLines(write, now)
  return {
    ...others,
    failed: (errors, stack) => {
      failed?.(errors, stack)
      if (stack !== undefined) write(jsonLine({ type: 'stack', stack }, now()))
    },
  }
}
