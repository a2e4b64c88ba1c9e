import { rules } from '../../doctor/rules.js'

export interface Diagnosis {
  readonly cause: string
  readonly remedy: string
}

/** The most likely cause in the log lines that were written since the change; undefined when none is known. */
export const diagnose = (lines: readonly string[]): Diagnosis | undefined => {
  for (const { texts = [], severity, cause, remedy } of rules) {
    const line = lines.find((one) => texts.some((pattern) => pattern.test(one)))
    if (line === undefined || severity === 'note') continue
    const told = /((?:\w+\.)*\w*(?:Error|Exception): .+)$/.exec(line)?.[1]
    return { cause: told === undefined ? cause : `${cause} (${told})`, remedy }
  }
  return undefined
}
