import type { FoundSetting } from '../detection/project.js'
import { printable } from '../config/mistake.js'
import { back, type Back } from './back.js'
import * as check from './checks.js'
import type { Question } from './questions.js'
import { withSetting, type State } from './state.js'
import type { World } from './world.js'

type Way = 'this variable' | 'another variable' | 'file' | 'make one up' | 'leave out'

const ways = ({ name, required }: FoundSetting, env: World['env']) => {
  const set = env[name] === undefined ? 'not set just now' : 'set'
  const all: readonly { readonly name: string; readonly value: Way; readonly description?: string }[] = [
    { name: `the variable ${name} of this computer (${set})`, value: 'this variable' },
    { name: 'another variable of this computer', value: 'another variable' },
    { name: 'a file of this computer', value: 'file' },
    {
      name: 'make one up',
      value: 'make one up',
      description: '32 random bytes, kept in a file that only you can read, outside of the project',
    },
    ...(required ? [] : [{ name: 'leave it out', value: 'leave out' } as const]),
  ]
  // what others have to know as well cannot be made up
  return /SECRET|SALT/.test(name) && !/CLIENT|API/.test(name) ? all : all.filter(({ value }) => value !== 'make one up')
}

const refer = async (world: World, state: State, name: string, way: Way): Promise<State | Back> => {
  const { terminal } = world
  switch (way) {
    case 'this variable':
      return withSetting(state, name, { env: name })
    case 'another variable': {
      const help = 'The name only. It is read each time you deploy.'
      const answer = await terminal.field({ message: 'Name of the variable:', help, validate: check.variableName })
      return answer === back ? back : withSetting(state, name, { env: answer })
    }
    case 'file': {
      const help = 'Its first and only line is the secret. A path of this computer; it is read each time you deploy.'
      const answer = await terminal.field({ message: 'Path of the file:', help, validate: check.localFile })
      return answer === back ? back : withSetting(state, name, { file: answer })
    }
    case 'make one up': {
      const file = await world.makeSecret(state.draft.site ?? '', name)
      terminal.say(`${world.style.dim(`kept in ${file}`)}\n`)
      return withSetting(state, name, { file })
    }
    case 'leave out':
      return state
  }
}

const help =
  'The flags file never holds a secret, only where it is found each time you deploy. On the host it lies in a file that only root and the site can read.'

const secret = (world: World, setting: FoundSetting, where: string): Question => ({
  key: `settings.${setting.name}`,
  ask: async (state) => {
    const message = `${setting.name} is a secret (${printable(where)}). Where is it?`
    for (;;) {
      const way = await world.terminal.choose<Way>({ message, help, choices: ways(setting, world.env) })
      if (way === back) return back
      const answer = await refer(world, state, setting.name, way)
      if (answer !== back) return answer
    }
  },
})

const plain = ({ terminal }: World, { name }: FoundSetting, where: string): Question => ({
  key: `settings.${name}`,
  ask: async (state) => {
    const answer = await terminal.field({
      message: `${name}:`,
      help: `The application reads it from its environment and has no value of its own for it (${printable(where)}).`,
      validate: check.settingText(name),
    })
    return answer === back ? back : withSetting(state, name, answer)
  },
})

/** Of what the application reads from its environment, that which it cannot do without, and every secret. */
export const secretQuestions = (world: World): readonly Question[] =>
  world.project.settings.flatMap(({ value, where }) => {
    if (value.sqlite !== undefined) return []
    if (value.secret) return [secret(world, value, where)]
    return value.required ? [plain(world, value, where)] : []
  })
