import { Secret } from '../core/secret.js'
import { isSource, type Command, type Source, type Stdin } from '../core/command.js'
import { begin, end } from './frame.js'
import { bounded } from './guard.js'
import { startJob } from './job.js'
import type { Mark } from './transport.js'

export const bytesOf = (stdin: Exclude<Stdin, Source>): Buffer => {
  if (stdin instanceof Secret) return Buffer.from(stdin.reveal())
  return typeof stdin === 'string' ? Buffer.from(stdin) : Buffer.from(stdin)
}

/**
 * One command in the open shell. Its stdin goes through the builtin `printf`: it stands in no argv, and in no file,
 * as a here-document would.
 */
export const composeInvocation = (command: Command, nonce: string, stdin?: Uint8Array, mark?: Mark): string => {
  const run =
    stdin === undefined
      ? `${bounded(command, mark)} </dev/null; _status=$?`
      : `${printed(stdin)} | ${bounded(command, mark)}; _status=\${PIPESTATUS[2]}`
  return framed(run, nonce)
}

const printed = (bytes: Uint8Array): string => `printf %s '${Buffer.from(bytes).toString('base64')}' | base64 -d`

const framed = (run: string, nonce: string): string =>
  `${begin(nonce)}\n${run}\n${end(nonce, '$_status')}\nunset _script\n`

/** A command that outlives the connection: started, unless it was already, and followed. */
export const composeJob = (command: Command, nonce: string, stdin: Uint8Array | undefined, mark: Mark): string =>
  framed(`${startJob(command, mark, printed(stdin ?? new Uint8Array()))}; _status=$?`, nonce)

/** Whichever of these it is to be; its stdin is no stream. */
export const composed = (command: Command, nonce: string, mark?: Mark): string => {
  const { stdin, lasting } = command
  const bytes = stdin === undefined || isSource(stdin) ? undefined : bytesOf(stdin)
  // the stdin of a job lies in a file of the host, where no secret may lie
  if (lasting === true && mark !== undefined && !(stdin instanceof Secret)) {
    return composeJob(command, nonce, bytes, mark)
  }
  return composeInvocation(command, nonce, bytes, mark)
}

/**
 * One command in a shell of its own, which reads the rest of the shell's stdin. The shell ends with it: what the
 * command left unread must never be taken for the next script.
 */
export const composeStreamed = (command: Command, nonce: string, mark?: Mark): string =>
  `${begin(nonce)}\n${bounded(command, mark)}; _status=$?\n${end(nonce, '$_status')}\nexit 0\n`
