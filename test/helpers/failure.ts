import { expect } from 'vitest'
import { exitCodes, type ErrorCode } from '../../src/errors.js'
import type { CliResult } from './cli.js'

/** The one error of a run, with its exit code and all of its four blocks. */
export const expectFailure = ({ exitCode, stderr }: CliResult, code: ErrorCode): void => {
  expect(stderr).toMatch(new RegExp(`^error ${code}: .+\\nwhere: .+\\nevidence:\\n(    .*\\n)+what to do: .+$`, 'm'))
  expect(stderr.match(/^error /gm), stderr).toHaveLength(1)
  expect(exitCode, stderr).toBe(exitCodes[code])
}
