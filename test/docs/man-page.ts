import type { Argument, Command, Option } from 'commander'
import { examples } from '../../src/commands/examples.js'
import { settingsTable } from '../../src/config/settings-table.js'
import { commandTree, visibleCommands } from '../helpers/tree.js'

/** Text of a line: what roff would take for its own is escaped, and so is what would begin a request. */
const text = (plain: string): string =>
  plain
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')

const bold = (plain: string): string => `\\fB${text(plain)}\\fR`
const italic = (plain: string): string => `\\fI${text(plain)}\\fR`

/** A word with something else than letters in it is a name, and stays as it is. */
const sentence = (plain: string): string => {
  const begun = /^[a-z]+[ ,;]/.test(plain) ? `${plain.charAt(0).toUpperCase()}${plain.slice(1)}` : plain
  return /[.!?]$/.test(begun) ? begun : `${begun}.`
}

const section = (title: string, ...lines: readonly string[]): string => [`.SH ${title}`, ...lines].join('\n')
const entry = (term: string, meaning: string): string => `.TP\n${term}\n${text(meaning)}`

/** `-f, --file <file>` with the words in bold and the value in italics. */
const optionTerm = ({ flags }: Option): string =>
  flags
    .split(/(<[^>]+>|\[[^\]]+\]|, | )/)
    .filter((part) => part !== '')
    .map((part) => {
      if (/^[, ]+$/.test(part)) return part
      if (part.startsWith('<')) return italic(part.slice(1, -1))
      return part.startsWith('[') ? `[${italic(part.slice(1, -1))}]` : bold(part)
    })
    .join('')

const argumentTerm = (argument: Argument): string =>
  argument.required ? italic(argument.name()) : `[${italic(argument.name())}]`

/** `fleet apply` */
const nameOf = (one: Command): string =>
  one.parent?.parent == null ? one.name() : `${one.parent.name()} ${one.name()}`

const withTheirs = (one: Command): readonly Command[] =>
  one.commands.length === 0 ? [one] : [one, ...one.commands.flatMap(withTheirs)]

const command = (one: Command): string => {
  const help = one.createHelp()
  const words = [
    bold(`deploy-flask ${nameOf(one)}`),
    `[${italic('options')}]`,
    ...one.registeredArguments.map(argumentTerm),
  ]
  return [
    `.SS ${text(nameOf(one))}`,
    words.join(' '),
    '.PP',
    text(sentence(one.description())),
    ...help.visibleArguments(one).map((argument) => entry(argumentTerm(argument), sentence(argument.description))),
    ...help.visibleOptions(one).map((option) => entry(optionTerm(option), sentence(option.description))),
  ].join('\n')
}

const setting = ({ option, kind, key, variable, description }: ReturnType<typeof settingsTable>[number]): string => {
  const value = kind === 'boolean' ? `[${italic('true|false')}]` : italic(kind === 'number' ? 'number' : 'value')
  return [
    `.TP\n${bold(`--${option}`)} ${value}`,
    text(sentence(description)),
    `(${bold(key)}, ${bold(variable)})`,
  ].join('\n')
}

const exitStatus: readonly (readonly [string, string])[] = [
  ['0', 'Done, or nothing to do.'],
  ['1', 'The host refused, or did not become as it should; what was changed is taken back.'],
  ['2', 'Usage, settings, or a host that this cannot be done on; nothing was changed.'],
  ['3', 'plan --exit-code: there are differences.'],
  ['4', 'Connection, host key, login or sudo.'],
  ['5', 'Taken back incompletely: a person is needed, and the message says for what.'],
  ['70', 'A mistake of deploy-flask.'],
  ['129, 130, 143', 'Interrupted or declined.'],
]

const environment: readonly (readonly [string, string])[] = [
  [
    'DEPLOY_FLASK_NAME',
    'Each setting, under the name that is given above; an option is stronger, the flags file weaker.',
  ],
  ['NO_COLOR', 'No colours, whatever its value is.'],
  ['SSH_AUTH_SOCK', 'The ssh-agent that keys are taken from.'],
  ['CI', 'When it is set, errors and warnings are printed as annotations of GitHub Actions, too.'],
]

const files: readonly (readonly [string, string])[] = [
  ['deploy-flask.yml', 'The flags file, under whatever name follows -f; it is never looked for.'],
  ['~/.ssh/config, ~/.ssh/known_hosts', 'How the host is reached and known, as for ssh.'],
  ['/srv/SITE', 'On the host: code, virtual environments, data.'],
  ['/etc/apache2/sites-available/SITE.conf', 'On the host: the virtual host.'],
  ['/etc/deploy-flask, /var/lib/deploy-flask', 'On the host: settings, and what must be remembered.'],
]

const entries = (list: readonly (readonly [string, string])[]): readonly string[] =>
  list.map(([term, meaning]) => entry(bold(term), meaning))

/** docs/deploy-flask.1, from the same tree as --help and the completions. */
export const manPage = (): string => {
  const { root } = commandTree()
  const commands = visibleCommands(root)
    .filter((one) => one.name() !== 'help')
    .flatMap(withTheirs)
  const [summary = ''] = root.description().split(', over SSH')
  return [
    '.\\" Generated from the command line and the table of settings by: npm run docs',
    '.TH DEPLOY\\-FLASK 1 2026-11-24 deploy\\-flask "User Commands"',
    // names of variables and options are read off the page: never broken
    '.nh',
    '.ad l',
    section('NAME', `deploy\\-flask \\- ${text(summary.replace(/^Puts/, 'put'))}`),
    section(
      'SYNOPSIS',
      `${bold('deploy-flask')} ${italic('command')} [${italic('options')}]`,
      '.br',
      `${bold('deploy-flask')} ${bold('--help')} | ${bold('--version')} [${bold('--verbose')}]`,
    ),
    section(
      'DESCRIPTION',
      text(root.description()),
      '.PP',
      text('The whole state of the host is read in one look. From it a plan is made, shown, and carried out exactly.'),
      text('Run again, it changes nothing; on a host that has drifted it repairs exactly the drift.'),
      text('A site that answered before and does not answer after a change makes the change be taken back.'),
    ),
    section('COMMANDS', ...commands.map(command)),
    section(
      'SETTINGS AS OPTIONS',
      text(
        'Every field of the flags file can be given to plan, apply and explain as an option, and in the environment.',
      ),
      text('In brackets: its key in the flags file, and the variable.'),
      ...settingsTable().map(setting),
    ),
    section('EXIT STATUS', ...entries(exitStatus)),
    section('ENVIRONMENT', ...entries(environment)),
    section('FILES', ...entries(files)),
    section(
      'EXAMPLES',
      ...Object.values(examples)
        .flat()
        .map(({ line, does }) => entry(bold(line), sentence(does))),
    ),
    section(
      'SEE ALSO',
      `${bold('ssh_config')}(5), ${bold('a2ensite')}(8)`,
      '.PP',
      text('Errors: deploy-flask explain CODE.'),
    ),
    '',
  ].join('\n')
}
