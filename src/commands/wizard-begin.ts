import { relative } from 'node:path'
import { overlaid, type Override } from '../config/overrides.js'
import type { Finding, Project } from '../detection/project.js'
import { DeployError } from '../errors.js'
import { back } from '../wizard/back.js'
import { draft as draftForm, type Draft, type DraftKey } from '../wizard/draft.js'
import { keepAnswers, readAnswers, type Around } from '../wizard/saved-answers.js'
import { answered, stateFrom, withDatabases, withValue, type State } from '../wizard/state.js'
import type { Terminal } from '../wizard/terminal.js'
import { keysInOrder, projectText } from '../wizard/texts.js'
import { askOpen } from '../wizard/wizard.js'
import type { World } from '../wizard/world.js'
import { declined } from './declined.js'
import type { Session } from './session.js'
import { makeSecret } from './wizard-files.js'
import type { WizardHost } from './wizard-host.js'

/** Everything is answered; what is left is to look at it. */
export interface Begun {
  readonly world: World
  readonly host: WizardHost
  readonly state: State
  /** Where the flags file will be. */
  readonly file: string
  readonly overrides: readonly Override[]
  readonly around: Around
  keep(state: State): Promise<unknown>
}

interface Given {
  readonly terminal: Terminal
  readonly host: WizardHost
  readonly overrides: readonly Override[]
  readonly file: string
}

/** Without anybody to ask, all that is missing is told at once; and what was given wrongly, before the first question. */
export const mustBeAskable = async ({ io, services }: Session, overrides: readonly Override[]): Promise<void> => {
  try {
    await services.loadSettings({ file: undefined, overrides, cwd: io.cwd, env: io.env })
  } catch (error) {
    const isOpen = error instanceof DeployError && error.code === 'FIELD_MISSING'
    if (!isOpen || !io.interactive) throw error
  }
  if (io.interactive) return
  throw new DeployError('NO_TERMINAL', {
    what: 'there is no terminal to ask on',
    remedy: 'nothing is missing: run `deploy-flask apply --yes` with the same settings',
  })
}

const noApplication = ({ root, notes }: Project): DeployError =>
  new DeployError('NO_APPLICATION', {
    what: 'no Flask application, and no other WSGI application, was found',
    where: root,
    ...(notes.length === 0 ? {} : { evidence: notes.map(({ value, where }) => `${where}: ${value}`).join('\n') }),
    remedy: 'go to the folder of the project, or say where it is: deploy-flask init --wsgi MODULE:OBJECT',
  })

const textOf = (overrides: readonly Override[], key: string): string | undefined => {
  const value = overrides.findLast(({ path }) => path.join('.') === key)?.value
  return typeof value === 'string' ? value : undefined
}

/** One of several things that were found in the folder. */
const oneOf = async (
  terminal: Terminal,
  message: string,
  found: readonly Finding<string>[],
): Promise<string | undefined> => {
  if (found.length < 2) return undefined
  const choices = found.map(({ value, where, because }) => ({
    name: `${value}  (${where})`,
    value,
    description: because,
  }))
  const help = 'The code was read, not run. What belongs to the one that you choose is found out next.'
  const answer = await terminal.choose({ message, help, choices })
  if (answer === back) throw declined()
  return answer
}

/** `known`: the application that somebody has named already. What belongs to it depends on which it is. */
const chosenProject = async (
  { io, services }: Session,
  { terminal, overrides }: Pick<Given, 'terminal' | 'overrides'>,
  known: string | undefined,
): Promise<{ readonly project: Project; readonly wsgi: string | undefined }> => {
  const top = textOf(overrides, 'code.folder') ?? io.cwd
  const whole = await services.detectProject(top, {})
  const code = await oneOf(terminal, 'There are several applications here. In which folder?', whole.folders)
  const there = code === undefined ? whole : await services.detectProject(top, { code })
  const wsgi = known ?? (await oneOf(terminal, 'Which application?', there.wsgi))
  if (wsgi === undefined) return { project: there, wsgi }
  const choice = { wsgi, ...(code === undefined ? {} : { code }) }
  return { project: await services.detectProject(top, choice), wsgi }
}

const settingsOfOverrides = (overrides: readonly Override[]): Draft =>
  draftForm.parse(
    overlaid(
      {},
      overrides.filter(({ path: [key] }) => isAnswerable(key)),
    ),
  )

/** Which code is sent is seen by where one looks. */
const isAnswerable = (key: string | number | undefined): boolean => key !== 'code' && isDraftKey(key)

const isDraftKey = (key: string | number | undefined): key is DraftKey => keysInOrder.some((one) => one === key)

const withDraft = (state: State, draft: Draft, source: (key: DraftKey) => string): State => ({
  ...state,
  draft: { ...state.draft, ...draft },
  sources: {
    ...state.sources,
    ...Object.fromEntries(Object.keys(draft).flatMap((key) => (isDraftKey(key) ? [[key, source(key)]] : []))),
  },
})

/** `settings` is asked name by name. */
const knownKeys = (draft: Draft): readonly string[] => [
  ...Object.keys(draft),
  ...Object.keys(draft.settings ?? {}).map((name) => `settings.${name}`),
]

const ofAnswers = ({ draft, sources }: State): Draft =>
  draftForm.parse(Object.fromEntries(Object.entries(draft).filter(([key]) => sources[key] === answered)))

const resumed = async ({ io }: Session, terminal: Terminal, around: Around): Promise<Draft> => {
  const saved = await readAnswers(around)
  if (saved === undefined || Object.keys(saved.draft).length === 0) return {}
  const minutes = Math.round((io.now().getTime() - saved.time.getTime()) / 60_000)
  const ago = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
  const answer = await terminal.choose({
    message: `Go on where you left ${ago} ago?`,
    help: 'Kept when you left, for this folder only, readable for you only. Secrets are not among them.',
    choices: [
      { name: `yes (${Object.keys(saved.draft).join(', ')})`, value: true },
      { name: 'no, begin anew', value: false },
    ],
  })
  return answer === true ? saved.draft : {}
}

/** Looks at the project, and asks what it does not say. */
export const begin = async (session: Session, { terminal, host, overrides, file }: Given): Promise<Begun> => {
  const { io, services, colours } = session
  const around = { env: io.env, folder: io.cwd }
  const saved = await resumed(session, terminal, around)
  const given = settingsOfOverrides(overrides)
  const { project, wsgi } = await chosenProject(session, { terminal, overrides }, given.wsgi ?? saved.wsgi)
  if (project.wsgi.length === 0 && given.wsgi === undefined) throw noApplication(project)
  const world: World = {
    terminal,
    project,
    hosts: await services.sshHosts(textOf(overrides, 'ssh.config-file')),
    env: io.env,
    style: colours.progress,
    lookAround: (name) => host.lookAround(name),
    shownError: host.shownError,
    makeSecret: (site, setting) => makeSecret(io.env, site, setting),
  }
  const detected = stateFrom(project, relative(io.cwd, project.folder) || '.')
  const found = wsgi === undefined ? detected : withValue(detected, 'wsgi', wsgi, answered)
  terminal.say(projectText(project, found, colours.progress))
  const first = withDraft(
    withDraft(found, saved, () => answered),
    given,
    (key) => overrides.findLast(({ path }) => path[0] === key)?.origin ?? answered,
  )
  const keep = (state: State): Promise<unknown> => keepAnswers(around, ofAnswers(state), io.now())
  const known = [...knownKeys(saved), ...knownKeys(given)]
  const asked = await askOpen(world, { state: first, known, keep })
  return { world, host, state: withDatabases(asked, project), file, overrides, around, keep }
}
