import type { Answer, Command } from '../core/command.js'
import { DeployError } from '../errors.js'
import { surveyCutShort } from './batch.js'
import { nameOf } from './command-name.js'
import { fencedOff, fencedOffCode, secondsOf } from './guard.js'
import { ShellEnded, ShellFlooded, ShellSilent, type Exchanged } from './ssh-shell.js'

/** No command of ours says as much; whoever does is hung up on, for it would be kept in a log. */
export const mostOutput = 32 * 1024 * 1024

/** Whom it comes from. */
export interface About {
  readonly target: string
  readonly where: string
  /** Why there is no connection any more. */
  lost(): Error | undefined
}

/** What a command came to; throws where that is not known. `before`: it begins only when that has ended. */
export const answerOf = async (
  command: Command,
  about: About,
  exchanged: Promise<Exchanged>,
  before?: Promise<Exchanged>,
): Promise<Answer> => {
  await Promise.allSettled([before])
  const started = performance.now()
  try {
    const { stdout, stderr, status } = await exchanged
    // 124 is also a code that a command may have of its own; 137 is what is left of one that ignored SIGTERM.
    const late = performance.now() - started >= secondsOf(command) * 1_000
    if (status === fencedOffCode && stderr.includes(fencedOff)) throw fencedOffError(command, about)
    if (late && (status === 124 || status === 137)) throw timedOut(command, about, stdout + stderr)
    return { stdout, stderr, exitCode: status }
  } catch (error) {
    if (error instanceof ShellSilent) {
      throw timedOut(command, about, `the host did not say that it ended (${error.message}); it may still run`)
    }
    if (error instanceof ShellFlooded) throw flooded(command, about)
    if (error instanceof ShellEnded) throw lost(about, `\`${nameOf(command)}\` ran`, error)
    throw error
  }
}

/** What the host said of itself, all questions together. */
export const answersOf = async (
  about: About,
  exchanged: Promise<Exchanged>,
  parse: (said: Exchanged) => readonly Answer[],
): Promise<readonly Answer[]> => {
  try {
    return parse(await exchanged)
  } catch (error) {
    if (error instanceof ShellSilent || error instanceof ShellFlooded) {
      throw surveyCutShort('(all questions together)', error.message).at(about.where)
    }
    if (error instanceof ShellEnded) throw lost(about, 'the host was being asked about its state', error)
    throw error instanceof DeployError ? error.at(about.where) : error
  }
}

const fencedOffError = (command: Command, { where }: About): DeployError =>
  new DeployError('LOCK_LOST', {
    what: `\`${nameOf(command)}\` was not started: this run does not hold the lock of the host any more`,
    where,
    remedy:
      'look who does with "deploy-flask lock status"; then run the same command again: it goes on from what is there',
  })

const timedOut = (command: Command, { where }: About, evidence: string): DeployError =>
  new DeployError('COMMAND_TIMEOUT', {
    what: `\`${nameOf(command)}\` did not end within ${secondsOf(command)} seconds`,
    where,
    evidence: evidence.slice(-2_000),
    remedy: 'see on the host what keeps it; then run it again',
  })

const flooded = (command: Command, { where }: About): DeployError =>
  new DeployError('OUTPUT_TOO_LONG', {
    what: `\`${nameOf(command)}\` said more than ${mostOutput / 1024 / 1024} MB; it was hung up on, and may still run`,
    where,
    remedy: 'see on the host what it says; then run this again',
  })

const lost = (about: About, meanwhile: string, ended: ShellEnded): DeployError => {
  const { target, where } = about
  const reason = about.lost()
  if (reason === undefined && ended.fresh && !ended.started) return noShell(about, ended)
  return new DeployError(
    'CONNECTION_LOST',
    {
      what:
        reason === undefined
          ? `the shell on ${target} ended while ${meanwhile}: the outcome is unknown`
          : `the connection to ${target} was lost while ${meanwhile}: the outcome is unknown`,
      where,
      evidence: [reason?.message, ended.lastWords].filter((line) => line !== undefined && line !== '').join('\n'),
      remedy: 'run it again: what was done is found, and only the rest is done',
    },
    { cause: ended },
  )
}

const noShell = ({ target, where }: About, ended: ShellEnded): DeployError =>
  new DeployError('SHELL_MISSING', {
    what: `${target} logs in, but gets no bash`,
    where,
    evidence: ended.lastWords === '' ? `the shell ended with code ${String(ended.exitCode)}` : ended.lastWords,
    remedy: 'the account needs a login shell (not nologin), /bin/bash on the host, and no ForceCommand in sshd_config',
  })
