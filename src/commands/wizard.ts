import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DeployError } from '../errors.js'
import { back } from '../wizard/back.js'
import { forgetAnswers } from '../wizard/saved-answers.js'
import { introduction } from '../wizard/texts.js'
import { review } from '../wizard/wizard.js'
import { apply } from './apply.js'
import { declined } from './declined.js'
import { failureOf } from './failures.js'
import type { ApplyOptions } from './options.js'
import type { Session } from './session.js'
import { givenSettings } from './settings.js'
import { goingOn, WizardHost } from './wizard-host.js'
import { bringAsAnswered, textOf } from './wizard-run.js'
import { begin, mustBeAskable, type Begun } from './wizard-begin.js'
import { writeFlagsFile } from './wizard-files.js'

const fileName = 'deploy-flask.yml'

type OldFile = 'none' | 'use' | 'replace'

/** What is there already was somebody's work. */
const oldFile = async ({ terminal }: Pick<Begun['world'], 'terminal'>, file: string): Promise<OldFile> => {
  if (!existsSync(file)) return 'none'
  const answer = await terminal.choose<OldFile | undefined>({
    message: `There is a ${fileName} here.`,
    help: 'Using it is the same as: deploy-flask apply -f deploy-flask.yml. It is replaced only when everything has worked.',
    choices: [
      { name: 'use it: show the plan, and ask', value: 'use' },
      { name: 'answer anew, and replace it in the end', value: 'replace' },
      { name: 'leave', value: undefined },
    ],
  })
  if (answer === back || answer === undefined) throw declined()
  return answer
}

/** Whoever leaves finds the answers again. */
const left = (cause: unknown, isTried: boolean): DeployError =>
  new DeployError(
    'DECLINED',
    {
      what: isTried ? 'left' : 'left; nothing was changed',
      remedy: 'run deploy-flask in this folder again: it goes on with the answers that were given',
    },
    { cause },
  )

/** What can be put right by another answer: a refusal before the first change, or a plan that is not liked. */
const canGoOn = (errors: readonly DeployError[]): boolean =>
  errors.every(({ code, exitCode, cause }) => exitCode === 2 || (code === 'DECLINED' && cause === undefined))

const reviewed = async (session: Session, options: ApplyOptions, begun: Begun, replace: boolean): Promise<number> => {
  const { world, host, file } = begun
  const { terminal } = world
  let { state } = begun
  for (;;) {
    const { state: agreed, decision } = await review(world, state)
    state = agreed
    await begun.keep(state)
    if (decision === 'leave') throw declined()
    const text = textOf(begun, state)
    try {
      const exitCode = decision === 'plan' ? await bringAsAnswered(session, options, { text, file, host, state }) : 0
      await writeFlagsFile(file, text, replace)
      await forgetAnswers(begun.around)
      terminal.say(
        `\nwritten: ${fileName}; the same again, without questions: deploy-flask apply -f ${fileName} --yes\n`,
      )
      return exitCode
    } catch (error) {
      const { errors } = failureOf(error)
      if (!canGoOn(errors)) throw error
      terminal.say(goingOn(session, errors))
    }
  }
}

/** From the folder of a project to a site that runs, and a flags file that says the same without questions. */
export const wizard = async (outer: Session, options: ApplyOptions): Promise<number> => {
  let isTried = false
  const session: Session = {
    ...outer,
    emit: (event) => {
      if (event.type === 'step.change') isTried = true
      outer.emit(event)
    },
  }
  const { io, services } = session
  const overrides = await givenSettings(session)
  await mustBeAskable(session, overrides)
  const terminal = await services.terminal()
  const file = join(io.cwd, fileName)
  terminal.say(introduction(session.colours.progress))
  const old = await oldFile({ terminal }, file)
  if (old === 'use') return apply(session, undefined, { ...options, file: fileName })
  const host = new WizardHost(session, overrides)
  try {
    const begun = await begin(session, { terminal, host, overrides, file })
    return await reviewed(session, options, begun, old === 'replace')
  } catch (error) {
    throw error instanceof DeployError && error.code === 'DECLINED' ? left(error, isTried) : error
  } finally {
    await host.close()
  }
}
