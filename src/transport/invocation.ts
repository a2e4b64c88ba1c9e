import { Secret } from '../core/secret.js'
import type { Command, Source, Stdin } from '../core/command.js'
import { begin, end } from './frame.js'
import { quoteArgv } from '../core/quote.js'

const defaultSeconds = 120

export const secondsOf = (command: Command): number => command.seconds ?? defaultSeconds

/** How a command is named in messages. */
export const nameOf = (command: Command): string => {
  const name = command.label ?? quoteArgv(command.argv)
  return name.length > 200 ? `${name.slice(0, 199)}…` : name
}

export const bytesOf = (stdin: Exclude<Stdin, Source>): Buffer => {
  if (stdin instanceof Secret) return Buffer.from(stdin.reveal())
  return typeof stdin === 'string' ? Buffer.from(stdin) : Buffer.from(stdin)
}

/**
 * Also on the host, for a command outlives the connection that asked for it. Not timeout(1): that of 18.04 (coreutils 8.28)
 * sometimes misses the end of a quick command, and calls it 124 when the time is over. perl is part of every Ubuntu.
 */
const GUARD = [
  '$s = shift; $p = fork; die "fork: $!" unless defined $p;',
  'if (!$p) { setpgrp; exec { $ARGV[0] } @ARGV or do { warn "$ARGV[0]: $!\n"; exit($! == 2 ? 127 : 126) } }',
  '$SIG{$_} = sub { kill $_[0], -$p } for qw(TERM INT HUP);',
  '$SIG{ALRM} = sub { $late = 1; kill "TERM", -$p; $SIG{ALRM} = sub { kill "KILL", -$p }; alarm 5 };',
  'alarm $s; 1 until waitpid($p, 0) == $p;',
  'exit($late ? 124 : $? & 127 ? 128 + ($? & 127) : $? >> 8)',
].join(' ')

const bounded = (command: Command): string => `perl -e '${GUARD}' ${secondsOf(command)} ${quoteArgv(command.argv)}`

/**
 * One command in the open shell. Its stdin goes through the builtin `printf`: it stands in no argv, and in no file,
 * as a here-document would.
 */
export const composeInvocation = (command: Command, nonce: string, stdin?: Uint8Array): string => {
  const run =
    stdin === undefined
      ? `${bounded(command)} </dev/null; _status=$?`
      : `printf %s '${Buffer.from(stdin).toString('base64')}' | base64 -d | ${bounded(command)}; _status=\${PIPESTATUS[2]}`
  return `${begin(nonce)}\n${run}\n${end(nonce, '$_status')}\nunset _script\n`
}

/**
 * One command in a shell of its own, which reads the rest of the shell's stdin. The shell ends with it: what the
 * command left unread must never be taken for the next script.
 */
export const composeStreamed = (command: Command, nonce: string): string =>
  `${begin(nonce)}\n${bounded(command)}; _status=$?\n${end(nonce, '$_status')}\nexit 0\n`
