import { journalFile, runFolder, undoFolder } from '../core/host-paths.js'
import { quote, quoteArgv } from '../core/quote.js'
import type { Command } from '../core/command.js'
import type { Mark } from './transport.js'

const defaultSeconds = 120

export const secondsOf = (command: Command): number => command.seconds ?? defaultSeconds

/** Said by the guard of a command that did not run, because its run no longer holds the lock. */
export const fencedOff = 'deploy-flask: this run does not hold the lock of the host any more'

/** The exit code that goes with it. */
export const fencedOffCode = 75

/**
 * Stands before every command. It ends a command that takes too long, also when nobody listens any more. Not timeout(1):
 * that of 18.04 (coreutils 8.28) sometimes misses the end of a quick command, and calls it 124 when the time is over.
 *
 * A command that changes the host runs only as long as its run holds the lock. What is to be known for taking it back is
 * on disk before it begins: as a whole line, or not at all. And it runs once: whoever has locked the file of its number
 * runs it, or finds in it what it came to. Until it has ended, `busy` keeps the next holder of the lock waiting; files
 * that perl opens are not handed on to the command. perl is part of every Ubuntu.
 */
export const GUARD = String.raw`
($s, $token, $n, $note, $lasts) = splice @ARGV, 0, 5;
$run = "${runFolder}";
sub refuse { print STDERR "$_[0]\n"; exit $_[1] }
sub unwritten { refuse("cannot write $_[0]: $!", 74) }
sub folder { my ($path, $mode) = @_; mkdir $path, $mode or do { my $why = $!; -d $path or do { $! = $why; unwritten($path) } } }
sub note {
  require IO::Handle;
  umask 022; folder("${undoFolder.slice(0, undoFolder.lastIndexOf('/'))}", 0755); umask 077; folder("${undoFolder}", 0700);
  my $new = !-e "${journalFile}";
  my $j; open $j, ">>", "${journalFile}" and flock $j, 2 or unwritten("${journalFile}");
  my ($size, $at) = (-s $j, 0);
  while ($at < length $note and my $more = syswrite $j, $note, length($note) - $at, $at) { $at += $more }
  unless ($at == length $note && $j->sync) { my $why = $!; truncate $j, $size; $! = $why; unwritten("${journalFile}") }
  for ($new ? ("${undoFolder}", "/var/lib/deploy-flask", "/var/lib") : ()) { my $f; open $f, "<", $_ and IO::Handle::sync($f) }
  umask 022;
}
if ($token ne "") {
  open $busy, ">>", "$run/busy" and flock $busy, 1 or refuse("${fencedOff}", ${fencedOffCode});
  open $h, "<", "$run/holder" and chomp($held = <$h>);
  refuse("${fencedOff}", ${fencedOffCode}) if $held ne $token;
  open $own, "+>>", "$run/run/$n" and flock $own, 2 or unwritten("$run/run/$n");
  seek $own, 0, 0; $was = join "", <$own>;
  refuse("what it has printed was lost with the connection", $was =~ /^end (\d+)/m ? $1 : 137) if $was ne "";
  note() if $note ne "";
  syswrite $own, "start\n" or unwritten("$run/run/$n");
  close $busy if $lasts;
}
$p = fork; die "fork: $!" unless defined $p;
if (!$p) { setpgrp; exec { $ARGV[0] } @ARGV or do { warn "$ARGV[0]: $!\n"; exit($! == 2 ? 127 : 126) } }
$SIG{$_} = sub { kill $_[0], -$p } for qw(TERM INT HUP);
$SIG{ALRM} = sub { $late = 1; kill "TERM", -$p; $SIG{ALRM} = sub { kill "KILL", -$p }; alarm 5 };
alarm $s; 1 until waitpid($p, 0) == $p;
$code = $late ? 124 : $? & 127 ? 128 + ($? & 127) : $? >> 8;
syswrite $own, "end $code\n" if $token ne "";
exit $code;
`.trim()

/** What goes before a command's own words. `guard` is a piece of shell that gives the text above. */
const guarded = (guard: string, command: Command, mark: Mark | undefined, lasts: boolean): string => {
  const { lock = '', number = 0, note = '' } = mark ?? {}
  const own = [String(secondsOf(command)), lock, String(number), note, lasts ? '1' : '']
  return `perl -e ${guard} ${quoteArgv(own)} ${quoteArgv(command.argv)}`
}

/** In the open shell, whose driver knows the guard. */
export const bounded = (command: Command, mark?: Mark): string => guarded('"$_guard"', command, mark, false)

/** In a script of its own, for a command that outlives the shell. */
export const boundedAlone = (command: Command, mark: Mark): string => guarded(quote(GUARD), command, mark, true)
