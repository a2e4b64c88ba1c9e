import { blockYaml } from '../config/yaml-text.js'
import type { Draft, DraftKey, Sources } from './draft.js'
import { answered } from './state.js'

/** What each part of the file is about, for whoever opens it next year. */
const about: Readonly<Record<DraftKey, string>> = {
  host: 'Where it goes: an address or an alias of ssh_config, `user@host` if need be',
  site: 'Names its files, its account and its folder on the host',
  'server-name': 'The name that the site answers to',
  code: 'What is sent: this folder, without what .gitignore and .deployignore leave out',
  wsgi: 'The application: module:object, or module:factory()',
  requirements: 'Installed into a virtual environment of its own',
  settings: 'Found in os.environ by the application. Secrets are only referred to',
  sqlite: 'Database files that the application writes, in the folder data of the site',
  init: "Run once, as the site's account, when everything is in its place",
  static: 'Served by Apache itself',
}

const order = Object.keys(about) as readonly DraftKey[]

/** A comment is one line, whatever a file name holds. */
const comment = (text: string): string => `# ${text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')}\n`

const part = (draft: Draft, sources: Sources, key: DraftKey): string => {
  const value = draft[key]
  if (value === undefined || (typeof value === 'object' && Object.keys(value).length === 0)) return ''
  const source = sources[key]
  const yaml = blockYaml({ [key]: value })
  return `\n${comment(about[key] + (source === undefined || source === answered ? '' : ` (${source})`))}${yaml}`
}

interface Beside {
  /** URL of the JSON Schema, for editors that complete and check while one types. */
  readonly schema: string | undefined
  /** What was given as options and is no answer. */
  readonly others: unknown
  /** A password for sudo was typed, which nobody will be there to type again. */
  readonly sudoAsked: boolean
}

const sudo =
  '\n# sudo asked for a password. To run without a terminal, refer to it:\n# ssh: { sudo-password: { env: SUDO_PASSWORD } }\n'

const othersPart = (others: unknown): string =>
  typeof others === 'object' && others !== null && Object.keys(others).length > 0
    ? `\n${comment('Given as options')}${blockYaml(others)}`
    : ''

/** The flags file that says the same without questions. */
export const flagsText = (draft: Draft, sources: Sources, { schema, others, sudoAsked }: Beside): string =>
  [
    schema === undefined ? '' : comment(`yaml-language-server: $schema=${schema}`),
    comment('deploy-flask plan -f THIS_FILE shows what would be done; deploy-flask apply -f THIS_FILE does it.'),
    'version: 1\n',
    ...order.map((key) => part(draft, sources, key)),
    othersPart(others),
    sudoAsked ? sudo : '',
  ].join('')
