import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Answer } from '../../src/core/command.js'
import type { Probe } from '../../src/core/probe.js'

/** Runs the script of a question here, in bash, as the transport runs it on a host. */
export const answerHere = (sh: string): Answer => {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', sh], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  })
  return { stdout, stderr, exitCode: status ?? -1 }
}

/** What a probe says about this computer. */
export const askHere = <T>(probe: Probe<T>): T => {
  const { ask } = probe
  if ('sh' in ask) return probe.parse(answerHere(ask.sh))
  const [answer] = ask.family.split(answerHere(ask.family.sh([ask.item])), [ask.item])
  if (answer === undefined) throw new Error('no answer')
  return probe.parse(answer)
}

const systemPython = '/usr/bin/python3'

/** One that every account can start: that of somebody's home cannot be. */
export const python = existsSync(systemPython) ? systemPython : 'python3'

export const pythonHere = (code: string): string => execFileSync(python, ['-c', code], { encoding: 'utf8' }).trim()

/** Whether the python of this computer can make a venv; Debian puts that into a package of its own. */
export const venvsHere = spawnSync(python, ['-c', 'import ensurepip']).status === 0

export const asRoot = process.getuid?.() === 0
