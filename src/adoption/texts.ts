import { blockYaml, oneLineYaml } from '../config/yaml-text.js'
import { visible } from '../core/sanitise.js'
import type { Adoption } from './draft.js'

/** A comment is one line, whatever somebody has written. */
const comment = (text: string): string => `# ${text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 500)}\n`

/** What each part of the file is about, for whoever opens it next year. */
const about: Readonly<Record<string, string>> = {
  site: 'The name of its file in sites-available',
  'server-name': 'The name that the site answers to',
  profile: 'Only what is written here is written there; without this line, with the limits that mod_wsgi recommends',
  root: 'Where a folder of the site would be, if it needed one',
  code: 'The code, which stays where it is and is not written to',
  venv: 'The virtual environment that it runs in',
  requirements: 'false: nothing is installed; or a file in the code, or a list',
  wsgi: 'The application: module:object, or module:factory()',
  applications: 'WSGI scripts that stay as they are',
  settings: 'Found in os.environ by the application. Secrets are only referred to',
  user: 'The account that runs it',
  daemon: 'Its processes: options of WSGIDaemonProcess',
  static: 'Served by Apache itself',
  sqlite: 'Database files that the application writes',
  adopted: 'Files that were made by hand: they may be replaced as long as they are what they were',
}

const aboutWith = (key: string, because: string): string => {
  const what = Object.hasOwn(about, key) ? about[key] : undefined
  return what === undefined ? because : `${what} (${because})`
}

interface Beside {
  /** URL of the JSON Schema, for editors. */
  readonly schema: string | undefined
  /** `me@server.example.com`, as it is written for ssh. */
  readonly host: string
  /** What was given as options. */
  readonly others: Readonly<Record<string, unknown>>
  /** Path of the virtual host on the host. */
  readonly path: string
}

const leftPart = ({ left, notes }: Adoption): string =>
  [
    ...(left.length === 0
      ? []
      : ['\n', comment('Not taken over, because no setting says it, or because it is not needed:')]),
    ...left.map(({ where, text, why }) => comment(`  ${where}: ${text} (${why})`)),
    ...(notes.length === 0 ? [] : ['\n']),
    ...notes.map((note) => comment(note)),
  ].join('')

/** The flags file of a site that was made by hand. */
export const adoptedText = (adoption: Adoption, { schema, host, others, path }: Beside): string =>
  [
    schema === undefined ? '' : comment(`yaml-language-server: $schema=${schema}`),
    comment(`What ${path} says, and what it runs. deploy-flask plan -f THIS_FILE shows what would be changed.`),
    'version: 1\n',
    blockYaml({ host, ...others }),
    ...adoption.settings.map(
      ({ key, value, because }) => `\n${comment(aboutWith(key, because))}${blockYaml({ [key]: value })}`,
    ),
    adoption.isSafe
      ? ''
      : comment(
          `  write what keeps people out (see below) first; then add here "virtual-host: ${adoption.virtualHost}"`,
        ),
    leftPart(adoption),
  ].join('')

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${visible(line)}\n`).join('')

/** What was understood, for a person; the values of secrets are not among it. */
export const adoptionText = ({ settings, left, notes, isSafe }: Adoption, path: string): string =>
  [
    `${visible(path)} is understood as\n`,
    indented(
      settings
        .filter(({ key }) => key !== 'adopted')
        .map(
          ({ key, value, because }) => `${oneLineYaml({ [key]: value }).replace(/^\{(.*)\}$/s, '$1')}  (${because})`,
        ),
    ),
    ...(left.length === 0
      ? ['\nThere is nothing in it that was not understood.\n']
      : [
          '\nNot taken over\n',
          indented(left.map(({ where, text, why }) => `${where}: ${text.split('\n', 1)[0] ?? ''}\n      ${why}`)),
        ]),
    ...(notes.length === 0 ? [] : ['\nTo know\n', indented(notes)]),
    ...(isSafe
      ? []
      : ['\nSome of what was not taken over keeps people out: the plan is refused before that is written.\n']),
  ].join('')
