import { flagsFile } from '../config/schema.js'
import { oneLineYaml, readYaml } from '../config/yaml-text.js'
import { back } from './back.js'
import { draft as draftForm, type Draft, type DraftKey } from './draft.js'
import { questions } from './questions.js'
import { answered, withDatabases, type State } from './state.js'
import { keysInOrder, labels, stateText } from './texts.js'
import type { World } from './world.js'

interface Begun {
  readonly state: State
  /** Keys of questions that are answered already. */
  readonly known: readonly string[]
  /** Told after each answer. */
  readonly keep: (state: State) => Promise<unknown>
}

/** Asks what is still open, one question after the other; Esc asks the one before it again. */
export const askOpen = async (world: World, { state: first, known, keep }: Begun): Promise<State> => {
  let state = first
  const answeredKeys = [...known]
  const asked: string[] = []
  for (;;) {
    const next = questions(world, state).find(({ key }) => !answeredKeys.includes(key))
    if (next === undefined) return withDatabases(state, world.project)
    const answer = await next.ask(state)
    if (answer === back) {
      // what was not asked, the connection, is done again on the way to the next question
      const last = asked.pop()
      if (last === undefined && next.key !== 'connection') world.terminal.say('this is the first question\n')
      const again = last ?? 'host'
      answeredKeys.splice(
        0,
        Infinity,
        ...answeredKeys.filter((key) => key !== again && (again !== 'host' || key !== 'connection')),
      )
      continue
    }
    state = answer
    answeredKeys.push(next.key)
    if (next.key !== 'connection') asked.push(next.key)
    await keep(state)
  }
}

export type Decision = 'plan' | 'write' | 'leave'

const change = Symbol('change')

/** Everything on one screen, and what is to be done with it. */
export const review = async (world: World, first: State): Promise<{ state: State; decision: Decision }> => {
  let state = first
  for (;;) {
    world.terminal.say(`\n${world.style.bold('Ready')}\n${stateText(state, world.style)}`)
    const decision = await world.terminal.choose<Decision | typeof change>({
      message: 'What next?',
      help: 'Nothing is changed before you have seen the plan and said yes. What you change here is checked as in the flags file.',
      choices: [
        {
          name: 'look at the plan',
          value: 'plan',
          description: 'shows what would be done, and asks before it does it',
        },
        { name: 'change a value', value: change },
        {
          name: 'write the flags file and stop',
          value: 'write',
          description: 'deploy-flask apply -f FILE does it later',
        },
        { name: 'leave', value: 'leave', description: 'nothing is changed; the answers are kept for the next time' },
      ],
    })
    if (decision === change || decision === back) state = await changeOne(world, state)
    else return { state, decision }
  }
}

const changeOne = async (world: World, state: State): Promise<State> => {
  const choices = keysInOrder
    .filter((key) => key !== 'host' && key !== 'code')
    .map((key) => ({ name: `${labels[key]}: ${oneLineYaml(state.draft[key] ?? 'none')}`, value: key }))
  const key = await world.terminal.choose<DraftKey>({
    message: 'Which value?',
    help: 'Esc leaves all of them as they are.',
    choices,
  })
  if (key === back) return state
  const value = state.draft[key]
  const answer = await world.terminal.field({
    message: `${labels[key]}:`,
    help: 'As in the flags file: [one, two] for a list, {name: value} for a mapping; `none` for none.',
    default: value === undefined ? 'none' : oneLineYaml(value),
    validate: (text) => mistakeIn(key, text),
  })
  if (answer === back) return state
  const others = Object.fromEntries(Object.entries(state.draft).filter(([name]) => name !== key))
  const read = readValue(key, answer)
  return { ...state, draft: { ...others, ...read }, sources: { ...state.sources, [key]: answered } }
}

const readValue = (key: DraftKey, text: string): Draft => {
  if (text === 'none') return {}
  return draftForm.parse({ [key]: readYaml(text) })
}

const mistakeIn = (key: DraftKey, text: string): string | undefined => {
  try {
    const value = readValue(key, text)[key]
    const found = flagsFile.shape[key].safeParse(value)
    return found.success ? undefined : found.error.issues[0]?.message
  } catch {
    return 'is not complete: are all brackets and quotes closed?'
  }
}
