import type { Command } from '../core/command.js'
import { runFolder } from '../core/host-paths.js'
import { quote } from '../core/quote.js'
import { surroundings } from './frame.js'
import { boundedAlone } from './guard.js'
import { nameOf } from './command-name.js'
import type { Mark } from './transport.js'

const jobsFolder = `${runFolder}/jobs`

/**
 * Hands on what a job has printed and will print, and ends with its code. Whoever is cut off leaves it as it is; whoever
 * has handed on everything removes its folder, and what it came to is still to be read from what the guard has recorded.
 */
export const FOLLOW = String.raw`
use IO::Handle; ($d, $recorded) = @ARGV; $| = 1;
sub recorded { open my $r, "<", $recorded or return undef; (join "", <$r>) =~ /^end (\d+)/m ? $1 : undef }
sub ended { print STDERR "$_[0]\n"; exit $_[1] }
unless (-d $d) { $code = recorded(); defined $code ? ended("what it has printed was lost with the connection", $code) : ended("it was never started", 125) }
open $o, "<", "$d/out"; open $e, "<", "$d/err";
sub copy { for ([$o, *STDOUT], [$e, *STDERR]) { while (sysread $$_[0], $b, 65536) { print { $$_[1] } $b } } STDOUT->flush; STDERR->flush }
# by what it runs, for the number of one that is gone may be another's
sub runs { open my $c, "<", "/proc/$_[0]/cmdline" or return 0; index(<$c> // "", "$d/script") >= 0 }
for (;;) {
  copy();
  if (open $c, "<", "$d/code") { $code = int <$c>; copy(); last }
  # whoever followed it over a line that is cut has seen the end first; the files are still open here
  unless (-d $d) { copy(); $code = recorded() // 137; last }
  # it is started within a while, and then it is there until it has said its code
  if (open $p, "<", "$d/pid") { $gone = runs(int <$p>) ? 0 : $gone + 1 } else { $missing++ }
  if ($gone > 5 || $missing > 400) { copy(); print STDERR "it ended without a word: somebody has killed it\n"; $code = 137; last }
  select undef, undef, undef, 0.05;
}
unlink glob "$d/*"; rmdir $d; exit $code;
`.trim()

const follow = (job: string, number: string): string =>
  `perl -e ${quote(FOLLOW)} ${quote(`${jobsFolder}/${job}`)} ${quote(`${runFolder}/run/${number}`)} </dev/null`

/** As the host names it: its unit is `deploy-flask-JOB.service`. */
const jobOf = ({ lock, number }: Mark): string => `${lock}-${number}`

/**
 * Starts a command as a transient unit (systemd.unit(5)), unless that was done already, and follows it. Its folder is
 * there as a whole before the unit is started, so that a command which was asked for twice runs once. `input` is a piece
 * of shell that prints its stdin.
 */
export const startJob = (command: Command, mark: Mark, input: string): string => {
  const job = jobOf(mark)
  const folder = `${jobsFolder}/${job}`
  const script = [
    ...surroundings('/'),
    'export HOME=/root',
    `echo $$ >${folder}/pid`,
    `${boundedAlone(command, mark)} <${folder}/in >${folder}/out 2>${folder}/err`,
    `echo $? >${folder}/code.part; mv ${folder}/code.part ${folder}/code`,
    '',
  ].join('\n')
  // a unit has none of the environment that a login gets, and a proxy stands there
  const unit = `systemd-run --quiet --collect --unit=deploy-flask-${job} --property=EnvironmentFile=-/etc/environment /bin/bash ${folder}/script`
  return [
    // one after the other: what was asked for over a line that is cut may begin only now
    `( flock 9; [ -d ${folder} ] || [ -s ${runFolder}/run/${mark.number} ] || {`,
    `(umask 077; mkdir -p ${folder}.new && ${input} >${folder}.new/in && : >${folder}.new/out && : >${folder}.new/err &&`,
    `printf '%s\\n' ${quote(nameOf(command))} >${folder}.new/label && printf %s ${quote(script)} >${folder}.new/script &&`,
    `mv -T ${folder}.new ${folder}) && ${unit} || { rm -rf ${folder}; false; }; }; ) </dev/null 9>>${runFolder}/starting &&`,
    follow(job, String(mark.number)),
  ].join('\n')
}

/** Follows a job of a run that is gone. */
export const followJob = (job: string): Command => ({
  argv: ['bash', '-c', follow(job, 'none')],
  as: 'root',
  seconds: 7200,
  label: `follow ${job}`,
})
