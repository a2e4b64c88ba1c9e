import { gunzipSync } from 'node:zlib'
import { playback } from '../fixtures/recorded-host.js'

/** What a host reads of a script that it is sent. */
export interface Asked {
  readonly kind: 'questions' | 'lock' | 'command'
  readonly nonce: string
  readonly questions: readonly string[]
  readonly script: string
}

/** What makes a shell read as many bytes of its stdin as a script has. */
const reading = /^IFS= read -r -N \d+ _script; eval "\$_script"\n/m

/** The script that a command line brings along; undefined where it starts a shell that is sent its scripts. */
export const oneShotScript = (program: string): string | undefined => {
  const packed = /echo ([A-Za-z0-9+/=]+) \| base64 -d \| /.exec(program)?.[1]
  if (packed === undefined) return undefined
  const text = gunzipSync(Buffer.from(packed, 'base64')).toString()
  if (!reading.test(text))
    throw new Error(`a command line brings a script along in a way that is not known here: ${text}`)
  return text.replace(reading, '')
}

/** Takes apart what a shell is sent: first what it begins with, then scripts with their lengths. */
export const readEnvelopes = (take: (script: string) => void): ((piece: Buffer) => void) => {
  const driverEnd = Buffer.from('eval "$_script"; done\n')
  let held = Buffer.alloc(0)
  let begun = false
  return (piece) => {
    held = Buffer.concat([held, piece])
    if (!begun) {
      const at = held.indexOf(driverEnd)
      if (at < 0) return
      held = held.subarray(at + driverEnd.length)
      begun = true
    }
    for (;;) {
      const header = /^(\d+)\n/.exec(held.subarray(0, 20).toString('latin1'))
      const length = Number(header?.[1])
      const start = header?.[0].length ?? 0
      if (header === null || held.length < start + length) return
      const script = held.subarray(start, start + length).toString()
      held = held.subarray(start + length)
      take(script)
    }
  }
}

const unquoted = (word: string): string => (word.startsWith("'") ? word.slice(1, -1).replaceAll(`'\\''`, "'") : word)

export const readAsked = (script: string): Asked => {
  const nonce = /printf '%s\(\\n' ([0-9a-f]{24})/.exec(script)?.[1] ?? ''
  const questions = [...script.matchAll(/^eval ('(?:[^']|'\\'')*'|\S+)\); _pid\d+=\$!$/gm)].map(([, word = '']) =>
    unquoted(word),
  )
  const isLock = script.includes('use Fcntl qw(:flock)') && script.includes('"locked"')
  return { kind: questions.length > 0 ? 'questions' : isLock ? 'lock' : 'command', nonce, questions, script }
}

export const begun = (nonce: string): string => `${nonce}(\n`
export const ended = (nonce: string, code: number | string = 0): string => `${nonce}) ${code}\n`

/** An answer to all questions; `change` is what the host makes of each. */
export const answered = (
  { nonce, questions }: Asked,
  change: (answer: string, question: string) => string = (answer) => answer,
): string => {
  const answer = playback('deployed')
  const parts = questions.map((sh, index) => {
    const { stdout = '', exitCode = 0 } = answer({ sh }) ?? {}
    return `${change(stdout, sh)}${nonce}-${index} ${exitCode}\n`
  })
  return `${begun(nonce)}${parts.join('')}${ended(nonce)}`
}

const locked = `${JSON.stringify({ locked: true, last: '', journal: false, jobs: [] })}\n`

/** What a host says that is not hostile; a command succeeds without a word. */
export const usualAnswer = (asked: Asked): { readonly stdout: string; readonly stderr: string } => {
  const { kind, nonce } = asked
  const stderr = begun(nonce) + ended(nonce)
  if (kind === 'questions') return { stdout: answered(asked), stderr }
  if (kind === 'lock') return { stdout: begun(nonce) + locked, stderr: begun(nonce) }
  return { stdout: begun(nonce) + ended(nonce), stderr }
}
