import { back, type Back } from './back.js'
import * as check from './checks.js'
import { neighboursText, pythonText } from './texts.js'
import { secretQuestions } from './secret-questions.js'
import { answered, withValue, type State } from './state.js'
import type { World } from './world.js'

/** One thing to find out; asked unless somebody has said it already. */
export interface Question {
  readonly key: string
  ask(state: State): Promise<State | Back>
}

const hostHelp =
  'These are the hosts that your ssh_config has names for. Choosing one logs in and looks; nothing is changed before you agree to a plan.'

/** No host is called so. */
const another = ''

const typedHost = {
  message: 'Host:',
  help: 'An address or a name, as you would write it for ssh: user@server.example.com. The account must be root, or may use sudo.',
  validate: check.host,
}

const host = ({ terminal, hosts }: World): Question => ({
  key: 'host',
  ask: async (state) => {
    const known = hosts.map(({ value, where }) => ({ name: `${value}  (${where})`, value }))
    const choices = [...known, { name: 'another one', value: another }]
    for (;;) {
      const choice =
        known.length === 0 ? another : await terminal.choose({ message: 'Which host?', help: hostHelp, choices })
      if (choice === back) return back
      const answer = choice === another ? await terminal.field(typedHost) : choice
      if (answer !== back) return withValue(state, 'host', answer, answered)
      if (known.length === 0) return back
    }
  },
})

/** Nothing to answer, unless a key or a password is asked for; a host that cannot be reached is asked for again. */
const connection = ({ terminal, style, project, ...world }: World): Question => ({
  key: 'connection',
  ask: async (state) => {
    const { host: name = '' } = state.draft
    terminal.say(style.dim(`Connecting to ${name} ...\n`))
    try {
      const neighbours = await world.lookAround(name)
      terminal.say(neighboursText(name, neighbours, style) + pythonText(project, neighbours, style))
      return { ...state, neighbours }
    } catch (error) {
      const text = world.shownError(error)
      if (text === undefined) throw error
      terminal.say(text)
      return back
    }
  },
})

const nobody = { files: [], names: [] }

const site = ({ terminal, project }: World, { neighbours }: State): Question => ({
  key: 'site',
  ask: async (state) => {
    const answer = await terminal.field({
      message: 'Name of the site:',
      help: 'Lower-case letters, digits and hyphens. It names the files, the account (flask-NAME) and the folder (/srv/NAME) on the host.',
      default: project.name,
      validate: check.site(neighbours ?? nobody),
    })
    return answer === back ? back : withValue(state, 'site', answer, answered)
  },
})

/** `web.example.com`, when the host was named so and nobody there has that name. */
const likelyName = (name: string, isFree: (name: string) => boolean): string | undefined => {
  const bare = name.replace(/^.*@/, '').toLowerCase()
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(bare) && isFree(bare) ? bare : undefined
}

const serverName = ({ terminal }: World, { draft, neighbours }: State): Question => ({
  key: 'server-name',
  ask: async (state) => {
    const validate = check.serverName(neighbours ?? nobody, draft.site ?? '')
    const likely = likelyName(draft.host ?? '', (name) => validate(name) === undefined)
    const answer = await terminal.field({
      message: 'Name that it answers to (ServerName):',
      help: 'What stands in the address bar, without https://: shop.example.com. It has to lead to this host in DNS; the sites that are there keep their names.',
      ...(likely === undefined ? {} : { default: likely }),
      validate,
    })
    return answer === back ? back : withValue(state, 'server-name', answer, answered)
  },
})

/** In the order in which a person is asked; what has been answered is left out by whoever asks. */
export const questions = (world: World, state: State): readonly Question[] => [
  host(world),
  connection(world),
  site(world, state),
  serverName(world, state),
  ...secretQuestions(world),
]
