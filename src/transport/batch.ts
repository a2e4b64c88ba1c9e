import type { Answer } from '../core/command.js'
import { DeployError } from '../errors.js'
import { begin, end } from './frame.js'
import { codeOf } from './marked-output.js'
import { usualPatience } from './patience.js'
import { quote } from '../core/quote.js'

/**
 * Prints what comes through file descriptor $1 of the question in process $2 whose end mark begins with $3. Builtins
 * only, for a process costs more than most questions; `read -d ''` stops at each NUL, which is put back.
 */
const reader = `_answer() {
  local text left code
  while :; do
    left=$((_limit - SECONDS)); ((left > 0)) || left=0.1
    IFS= read -r -d '' -t "$left" text <&"$1"; code=$?
    ((code == 0)) || break
    printf '%s\\0' "$text"
  done
  printf %s "$text"
  # More than 128 is a read that ran out of time. Whoever has given its end mark is gone, and its number may be another's.
  if ((code > 128)) && [[ $text != *"$3"* ]]; then pkill -P "$2"; kill "$2"; fi 2>/dev/null
}`

/**
 * All questions at the same time, each in a process substitution of its own; the answers are read in order. The trap
 * gives the end mark also where a question calls `exit`, and `eval` keeps a question that is no shell from taking
 * the others with it.
 */
export const composeBatch = (
  questions: readonly string[],
  nonce: string,
  seconds: number = usualPatience.batch,
): string =>
  [
    begin(nonce),
    reader,
    `_limit=${seconds} SECONDS=0`,
    ...questions.flatMap((sh, index) => [
      `exec {_fd${index}}< <(exec </dev/null 2>/dev/null`,
      `trap 'builtin printf "%s %s\\n" ${nonce}-${index} "$?"' EXIT`,
      `eval ${quote(sh)}); _pid${index}=$!`,
    ]),
    ...questions.map((_, index) => {
      const fd = `_fd${index}`
      return `_answer "$${fd}" "$_pid${index}" ${nonce}-${index}; exec {${fd}}<&-`
    }),
    end(nonce, '0'),
    '',
  ].join('\n')

export const surveyCutShort = (question: string, why: string): DeployError =>
  new DeployError('SURVEY_CUT_SHORT', {
    what: 'the host did not answer a question to the end',
    evidence: `${why}\n${question}`,
    remedy: 'run it again; if it stays so, run the question on the host by hand and see what keeps it from answering',
  })

/** Takes the text between the marks of the batch apart. An answer without its own end mark is an error, not empty. */
export const parseBatch = (text: string, questions: readonly string[], nonce: string): readonly Answer[] => {
  let rest = text
  return questions.map((sh, index) => {
    const mark = `${nonce}-${index} `
    const at = rest.indexOf(mark)
    const lineEnd = at < 0 ? -1 : rest.indexOf('\n', at + mark.length)
    if (lineEnd < 0) {
      throw surveyCutShort(sh, 'its end is missing (all questions together have a minute)')
    }
    const stdout = rest.slice(0, at)
    const exitCode = codeOf(rest.slice(at + mark.length, lineEnd))
    rest = rest.slice(lineEnd + 1)
    return { stdout, stderr: '', exitCode }
  })
}
