import { exitCodes, type ErrorCode } from '../../src/errors.js'
import { explanations } from '../../src/explanations/index.js'

const groups: readonly (readonly [exitCode: number, title: string])[] = [
  [1, 'the host refused, or did not become as it should; what was changed is taken back'],
  [2, 'usage, settings, or a host that this cannot be done on; nothing was changed'],
  [4, 'connection, host key, login or sudo'],
  [5, 'taken back incompletely: a person is needed'],
  [70, 'a mistake of ours'],
  [75, 'another run is at work on the host; nothing was changed by this one'],
  [130, 'interrupted or declined'],
]

const block = (title: string, commands: readonly string[] | undefined): string =>
  commands === undefined ? '' : `\n${title}:\n\n\`\`\`sh\n${commands.join('\n')}\n\`\`\`\n`

const section = (code: ErrorCode): string => {
  const { cause, remedy, look } = explanations[code]
  return [
    `### ${code}\n\n${escaped(cause)}\n\n**What to do.** ${escaped(remedy)}\n`,
    block('On this computer', look?.here),
    block('On the host, as root', look?.onHost),
  ].join('')
}

/** What Markdown would take for something of its own. */
const escaped = (text: string): string => text.replace(/[\\`*<>{}[\]|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')

const codesWith = (wanted: number): readonly ErrorCode[] =>
  (Object.entries(exitCodes) as [ErrorCode, number][])
    .flatMap(([code, exitCode]) => (exitCode === wanted ? [code] : []))
    .sort()

/** docs/errors.md. */
export const errorsPage = (): string =>
  [
    '# Errors\n',
    'Every error has a code that never changes: search for it, or run `deploy-flask explain CODE`, which prints what',
    'stands here. Each shows what happened, where, the evidence, and what to do. In the commands, words in capitals stand',
    'for something of yours.\n',
    ...groups.flatMap(([exitCode, title]) => [
      `- exit code ${exitCode}, ${title}:\n  ${codesWith(exitCode)
        .map((code) => `[${code}](#${code.toLowerCase()})`)
        .join(', ')}`,
    ]),
    '',
    ...groups.flatMap(([exitCode, title]) => [
      `## Exit code ${exitCode}: ${title}\n`,
      ...codesWith(exitCode).map(section),
    ]),
  ].join('\n')
