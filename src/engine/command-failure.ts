import type { Answer, Command } from '../core/command.js'
import { commandText } from '../core/command-text.js'
import type { Change } from '../core/step.js'
import { DeployError } from '../errors.js'

/** The third is tar's, when some of a block has fitted. */
const NO_SPACE = /No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes|ENOSPC/

const diskFull = (command: Command, answer: Answer): DeployError =>
  new DeployError('DISK_FULL', {
    what: `the disk of the host is full: ${commandText(command)} could not write`,
    evidence: answer.stderr.trim().split('\n').slice(-5).join('\n'),
    remedy: 'free some space there (df -h shows which file system), then run this again',
  })

const failed = (command: Command, answer: Answer): DeployError =>
  new DeployError('STEP_FAILED', {
    what: `${commandText(command)} ended with exit code ${answer.exitCode}`,
    evidence: `${answer.stdout}\n${answer.stderr}`.trim().split('\n').slice(-20).join('\n'),
    remedy: 'the last lines above say why; repair that on the host and run this again',
  })

/** What is explained is looked for in each line of it, and no tool writes longer ones that mean anything. */
const longestLine = 4_000
const longestOutput = 256 * 1024

const readable = (text: string): string =>
  text
    .slice(-longestOutput)
    .split('\n')
    .map((line) => line.slice(0, longestLine))
    .join('\n')

export const failureOf = (command: Command, whole: Answer, explain?: Change['explain']): DeployError => {
  const answer = { ...whole, stdout: readable(whole.stdout), stderr: readable(whole.stderr) }
  if (NO_SPACE.test(answer.stderr) || NO_SPACE.test(answer.stdout)) return diskFull(command, answer)
  return explain?.(answer) ?? failed(command, answer)
}
