import type { Answer } from '../core/command.js'
import { DeployError } from '../errors.js'
import { begin, end } from './frame.js'
import { codeOf } from './marked-output.js'
import { usualPatience } from './patience.js'
import { quote } from '../core/quote.js'

/**
 * What becomes of question $2, whose answers come through file descriptor $1, when the time is over: what it has said so
 * far counts, and it is stopped. A child that has ended is no child any more, and its number may be another's.
 */
const stopper = `_stop() {
  timeout 0.1 cat <&"$1"
  local stat; stat=$(<"/proc/$2/stat"); set -- "$2" ${'${stat##*) }'}
  if [[ $3 == "$BASHPID" ]]; then pkill -P "$1"; kill "$1"; fi
} 2>/dev/null`

/**
 * All questions at the same time, each in a process substitution of its own; one `cat` for all brings the answers in
 * order, for bash reads from a pipe byte by byte. The trap gives the end mark also where a question calls `exit`, and
 * `eval` keeps a question that is no shell from taking the others with it.
 */
export const composeBatch = (
  questions: readonly string[],
  nonce: string,
  seconds: number = usualPatience.batch,
): string => {
  const places = [...questions.keys()]
  return [
    begin(nonce),
    stopper,
    ...questions.flatMap((sh, index) => [
      `exec {_fd${index}}< <(exec </dev/null 2>/dev/null`,
      `trap 'builtin printf "%s %s\\n" ${nonce}-${index} "$?"' EXIT`,
      `eval ${quote(sh)}); _pid${index}=$!`,
    ]),
    'exec {_out}>&1',
    // what is read from it ends with cat, which must not take what the shell is sent next where there is no question
    `exec {_cat}< <(exec cat ${places.map((index) => `"/dev/fd/$_fd${index}"`).join(' ')} </dev/null 3>&1 >&"$_out" 2>/dev/null)`,
    `_reader=$!; read -r -t ${seconds} <&"$_cat"`,
    'if (($? > 128)); then',
    'kill "$_reader"',
    ...places.map((index) => `_stop "$_fd${index}" "$_pid${index}"`),
    'fi',
    `exec ${['_cat', '_out', ...places.map((index) => `_fd${index}`)].map((fd) => `{${fd}}>&-`).join(' ')}`,
    end(nonce, '0'),
    '',
  ].join('\n')
}

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
