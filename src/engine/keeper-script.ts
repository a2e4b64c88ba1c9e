import { asLeftFile, auditFile, journalFile, runFolder } from '../core/host-paths.js'

/** Without a word from the client for so long, the lock is free again: its line is cut. */
export const silentSeconds = 30

/** Bytes after which a new file is begun; one older file is kept. */
const largestAudit = 1_000_000

/**
 * Keeps the lock of the host for as long as it is spoken to. It is flock(2), so it cannot be left behind: it goes with
 * this process, and this process goes with its stdin, or when nothing comes for too long. Each thing that it has to tell
 * is a line of JSON. First the new holder is written down, then commands of the one before are waited for: from then on
 * none of them begins any more (see the guard of commands). `lock` alone decides; `holder` only tells who it is. Time is
 * counted by the kernel's own clock, for that of the host may be set meanwhile. With the goodbye comes what the run has
 * come to, which is kept, and how it has left the host for a site.
 */
export const KEEPER = String.raw`
use Fcntl qw(:flock); use IO::Handle; STDOUT->autoflush(1); umask 077;
($token, $wait, $again, $info) = @ARGV; $d = "${runFolder}"; mkdir $d, 0700;
sub uptime { open my $u, "<", "/proc/uptime" or return 0; (split " ", scalar <$u>)[0] }
sub line { my ($file, $n) = @_; open my $f, "<", $file or return ""; my @all = <$f>; my $text = $all[$n] // ""; chomp $text; $text }
sub ours { open my $c, "<", "/proc/$_[0]/cmdline" or return 0; local $/; index(<$c> // "", $token) >= 0 }
sub put { my ($file, $text) = @_; my $f; open $f, ">", "$file.part" and (print $f $text) and close $f and rename "$file.part", $file or do { print STDERR "cannot write $file: $!\n"; exit 74 } }
sub leave { unlink "$d/holder", "$d/beat" if $mine && line("$d/holder", 0) eq $token; exit $_[0] }
sub hear { my $r = ""; vec($r, 0, 1) = 1; my $n = select $r, undef, undef, $_[0]; return "" if $n < 0; return undef if $n == 0; my $got = sysread STDIN, my $text, 4096; $got ? $text : leave(0) }
# who did what is for people: a host that has no room for it is no reason to fail
sub audit { my $line = $_[0]; $line =~ s/"from":""/"from":"$from"/ if $from; my $file = "${auditFile}"; rename $file, "$file.1" if -s $file > ${largestAudit}; open my $f, ">>", $file or return; print $f "$line\n"; $f->flush; $f->sync }
sub left { my ($site, $text) = @_; my $file = "${asLeftFile('$site')}"; my $f; open $f, ">", "$file.part" and (print $f $text) and close $f and rename "$file.part", $file or unlink "$file.part" }
sub told { my $text = line("$d/holder", 2); $text eq "" ? "null" : $text }
# where the connection comes from is known to sshd, above sudo
for ($p = getppid; $p > 1 && $info =~ /"from":""/; ) {
  if (open $e, "<", "/proc/$p/environ") { local $/; ($from) = <$e> =~ /(?:^|\0)SSH_CONNECTION=([0-9a-fA-F.:]+) /; $info =~ s/"from":""/"from":"$from"/ if $from }
  open $t, "<", "/proc/$p/stat" and scalar <$t> =~ /.*\) \S (\d+)/ or last; $p = $1;
}
$SIG{TERM} = $SIG{HUP} = $SIG{INT} = sub { leave(0) };
open $lock, ">>", "$d/lock" or do { print STDERR "cannot open $d/lock: $!\n"; exit 74 };
$since = uptime(); $said = -1;
until (flock $lock, LOCK_EX | LOCK_NB) {
  $waited = int(uptime() - $since);
  # our own keeper, at the end of a line that is cut, need not be waited for; its number may be another's by now
  if (line("$d/holder", 0) eq $token) { $old = int line("$d/holder", 1); kill KILL => $old if ours($old) }
  # not at the first try: somebody who only looks has it for a moment
  elsif ($waited >= $wait && $tries++) { print '{"held":', told(), "}\n"; exit 0 }
  elsif ($waited > $said) { $said = $waited; print '{"waiting":', told(), ',"seconds":', $waited, "}\n" }
  hear(0.2);
}
$last = line("$d/run/token", 0);
if ($again && $last ne $token) { print '{"lost":true}', "\n"; exit 0 }
put("$d/holder", "$token\n$$\n$info\n"); $mine = 1; put("$d/beat", uptime());
open $busy, ">>", "$d/busy"; $since = uptime(); $said = -1;
until (flock $busy, LOCK_EX | LOCK_NB) {
  $waited = int(uptime() - $since);
  if ($waited > $said) { $said = $waited; print '{"busy":', $waited, "}\n" }
  if ($waited > 600) { print STDERR "a command of the run before has not ended within 600 s\n"; leave(75) }
  hear(0.05); put("$d/beat", uptime());
}
close $busy;
unless ($again) { mkdir "$d/run", 0700; unlink glob "$d/run/*"; put("$d/run/token", "$token\n") }
@jobs = grep { !/\.new$/ } map { m{([^/]+)$} } glob "$d/jobs/*";
print '{"locked":true,"last":"', $last, '","journal":', (-e "${journalFile}" ? "true" : "false"), ',"jobs":[', join(",", map { "\"$_\"" } @jobs), "]}\n";
while (1) {
  $text = hear(${silentSeconds});
  leave(0) unless defined $text;
  $line .= $text;
  if ($line =~ m{^done(?: ([^\t\n]+))?(?:\t([a-z0-9-]+)\t([A-Za-z0-9+/=]+))?\n}m) { ($audit, $site, $text) = ($1, $2, $3); audit($audit) if defined $audit; left($site, $text) if defined $text; unlink grep { !m{/token$} } glob "$d/run/*"; rmdir "$d/jobs"; leave(0) }
  $line =~ s/.*\n//s; put("$d/beat", uptime());
}
`.trim()
