import type { Rule, Severity } from '../../src/doctor/rule.js'
import { rules } from '../../src/doctor/rules.js'

const meanings: readonly (readonly [Severity, string])[] = [
  ['error', 'requests fail, or Apache would not start again'],
  ['warning', 'something will fail, or fails for some visitors already'],
  ['note', 'harmless; shown with --verbose and --json'],
]

/** What Markdown would take for something of its own, in a cell of a table. */
const escaped = (text: string): string => text.replace(/[\\`*<>{}[\]|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')

/** Where it is recognised: in what the host is, or in what its logs say. */
const seenIn = ({ state, texts }: Rule): string =>
  [...(state === undefined ? [] : ['host']), ...(texts === undefined ? [] : ['logs'])].join(', ')

const row = (rule: Rule): string => {
  const command = rule.repair === undefined ? '' : `\`${rule.repair}\``
  return `| ${[rule.id, escaped(rule.cause), escaped(rule.remedy), command, seenIn(rule)].join(' | ')} |`
}

/** docs/failures.md. */
export const failuresPage = (): string =>
  [
    '# Failures that doctor knows\n',
    '`deploy-flask doctor -f deploy-flask.yml` looks at the host and at the ends of both error logs of Apache, and names each',
    'of these that it finds, with the evidence. What is only the consequence of another one is not told beside it. It exits',
    'with 3 when it has found an error or a warning.\n',
    'Lines of a log count since the application was loaded last. What stops the whole site counts only while the site does',
    'not answer, and what a database complains of only until the database is changed or written again. `--since MINUTES`',
    'shows what is over, too, as `(past)`.\n',
    ...meanings.flatMap(([severity, meaning]) => [
      `## ${severity}: ${meaning}\n`,
      '| rule | cause | what to do | command | seen in |',
      '| --- | --- | --- | --- | --- |',
      ...rules.filter((rule) => rule.severity === severity).map(row),
      '',
    ]),
  ].join('\n')
