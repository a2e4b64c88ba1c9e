import type { Explanation } from './explanation.js'

/** What goes wrong while the host is looked at or changed, whatever the step. */
export const run = {
  STEP_FAILED: {
    cause:
      'A command of a step ended with an exit code other than 0, and nothing more exact is known about that failure. ' +
      'The evidence is the end of what the command printed. The changes of its phase were taken back, the phases ' +
      'before it stay.',
    remedy:
      'Read the last lines of the evidence: they are the words of the tool that failed, on the host. Repair what they ' +
      'name and run the same command again; what is done already is not done twice. With --verbose the whole output ' +
      'is shown, and --log FILE keeps it.',
    look: { here: ['deploy-flask apply -f deploy-flask.yml --verbose --log run.jsonl'] },
  },
  RUN_LOCKED: {
    cause:
      'One run at a time may change a host, whatever the site and the account: two at once would undo what the other ' +
      'does. The message says whose run it is, from where, since when and with which command. The lock is kept by a ' +
      'process on the host that hears from that run every few seconds. It is free at once when the run ends or is ' +
      'killed, and within half a minute when its line is cut.',
    remedy:
      'Wait for the end of the other run, or let this one wait: --lock-wait 300. "lock release" frees a lock only when ' +
      'its holder is not heard of any more, which happens only when its keeper on the host was stopped by somebody.',
    look: {
      here: ['deploy-flask lock status -f deploy-flask.yml', 'deploy-flask apply -f deploy-flask.yml --lock-wait 300'],
    },
  },
  LOCK_LOST: {
    cause:
      'The connection was cut for longer than the host keeps the lock without hearing from a run (half a minute), and ' +
      'another run took it; or the host was started anew. From that moment on no command of this run was started. The ' +
      'run that has the lock now takes back what this one had half done, or the next one does.',
    remedy: 'See who is at work, then run the same command again: it looks at the host and goes on from what is there.',
    look: {
      here: ['deploy-flask lock status -f deploy-flask.yml', 'deploy-flask apply -f deploy-flask.yml --lock-wait 300'],
    },
  },
  STEP_NOT_CONVERGED: {
    cause:
      'All commands of the step succeeded, but when the host was asked again it was still not as the step wants it. ' +
      'Usually something on the host works against it: a configuration management tool that puts a file back, a file ' +
      'system that ignores modes or owners, a file with the immutable attribute.',
    remedy:
      'Run plan: it shows what the step still wants to change. Then find out on the host who changes it back, or what ' +
      'keeps it as it is.',
    look: {
      here: ['deploy-flask plan -f deploy-flask.yml'],
      onHost: ['lsattr FILE; findmnt -T FILE', 'systemctl list-timers; ls /etc/puppet /etc/chef /etc/salt'],
    },
  },
  RUN_NOT_CONVERGED: {
    cause:
      'Every step was carried out and every gate passed, but the last look at the whole host found something that is ' +
      'left to do. A step undid what another one had done, or another program changed the host meanwhile. The site is ' +
      'online: its gate has passed.',
    remedy: 'Run plan to see what is left. When it is empty now, another program was at work; otherwise apply again.',
    look: { here: ['deploy-flask plan -f deploy-flask.yml'], onHost: ['journalctl --since -10min'] },
  },
  OUTPUT_TOO_LONG: {
    cause:
      'A command on the host printed more than any command of a deployment does, and would have gone on. It was hung up ' +
      'on, so that it can fill neither the memory nor the log of this computer. A program that was put in the place of ' +
      'another, a hook of apt or an application that prints without end at its import does that; so does a host that ' +
      'somebody else has taken over.',
    remedy:
      'Look on the host whether the command still runs, and what it prints. When you cannot explain it, do not trust ' +
      'that host.',
    look: { onHost: ['ps axf', 'dpkg --verify'] },
  },
  HOST_TOO_SLOW: {
    cause:
      'In a run of a fleet each host has a time of its own (--host-seconds, an hour unless it is said otherwise), so that ' +
      'one that hangs holds up nobody else. This one was not done in it: its running step was left to settle, and what ' +
      'its phase had changed was taken back. The evidence says where it was.',
    remedy:
      'Look what keeps that host: a slow network, a package mirror, a build that takes long. Give it more time where that ' +
      'is all it needs, and run it again with --retry-failed, which leaves the other hosts alone.',
    look: { here: ['deploy-flask fleet apply -f deploy-flask.yml --retry-failed --host-seconds 7200'] },
  },
  COMMAND_TIMEOUT: {
    cause:
      'A command on the host did not end within the time that it was given, and was stopped there; or the host did ' +
      'not even say that it was stopped. Typical are a package mirror that answers byte by byte, a build that runs out ' +
      'of memory and swaps, and an init command that waits for something. The changes of the phase were taken back.',
    remedy:
      'Look on the host what keeps the command: whether it still runs, whether memory is short, whether the network ' +
      'answers. Then run the same command again.',
    look: { onHost: ['ps axf; free -m; df -h', 'journalctl --since -1h'] },
  },
  SURVEY_CUT_SHORT: {
    cause:
      'All questions about the state of the host are asked together, and have 60 seconds. The answer to one of them ' +
      'had no end: the question hung (a network file system that does not answer, for instance), was killed, or more ' +
      'came back than can be meant. Half an answer is not taken for a whole one, so nothing was planned or changed.',
    remedy:
      'Run it again. When it stays so, the evidence holds the question, a piece of shell: run it on the host by hand ' +
      'and see where it hangs.',
    look: { onHost: ['df; mount; uptime; dmesg | tail'] },
  },
  ANSWER_UNREADABLE: {
    cause:
      'A check on the host ended without an answer that can be understood: its form is checked, for an answer of a ' +
      'host is foreign input. Nearly always the python3 of the host is not the one of the distribution, is broken, or ' +
      'prints something of its own at every start (a sitecustomize.py).',
    remedy:
      'See that /usr/bin/python3 is the one of the distribution and starts without a word. Put it back where it was ' +
      'replaced, then run the command again.',
    look: { onHost: ['python3 -c "import json, pwd, grp"', 'dpkg --verify python3-minimal python3.6-minimal'] },
  },
  MODULE_CONFIG_UNREADABLE: {
    cause:
      'mod_wsgi-express module-config tells which lines load mod_wsgi, and these become wsgi.load. What it printed ' +
      'was not the two or three lines that it prints for a mod_wsgi of pip. A patched, much newer or half removed ' +
      'mod_wsgi is installed in the Python of the host, or the mod_wsgi-express that is found first belongs to another.',
    remedy:
      'Look at what it prints and where it comes from. Remove a mod_wsgi that was installed by hand; the next run ' +
      'installs the version that fits.',
    look: {
      onHost: [
        'mod_wsgi-express module-config',
        'type -a mod_wsgi-express; pip3 show mod_wsgi',
        'pip3 uninstall mod_wsgi',
      ],
    },
  },
  DISK_FULL: {
    cause:
      'Before anything is changed, /usr, /var and the folder of the site must have 300 MiB and 5000 inodes free, /tmp ' +
      '32 MiB, and /etc and /run room for a few files; or while something was changed, a command said that there is no ' +
      'space left. The space may be there and the inodes used up, or the quota of an account. Files are written beside ' +
      'their place first, so no half of one was left in it.',
    remedy:
      'Free some space: old kernels and package archives, logs, releases of sites that keep many ("keep-releases"). ' +
      'Then run the same command again.',
    look: { onHost: ['df -h; df -i', 'du -xhd1 / | sort -h', 'apt-get clean'] },
  },
  UNDO_INCOMPLETE: {
    cause:
      'A step or a gate failed, its phase was to be taken back, and a command of that failed too; or every site was ' +
      'asked again after it, and one does not answer as before. The first failure is the first half of the message. ' +
      'What was replaced lies in /var/lib/deploy-flask/undo until a phase has passed.',
    remedy:
      'A person is needed. Run the commands that the evidence lists under "not taken back" as root, in that order, ' +
      'and look at the state of Apache and its error log. When the sites answer as before, run plan before anything else.',
    look: {
      here: ['deploy-flask plan -f deploy-flask.yml'],
      onHost: ['ls -lR /var/lib/deploy-flask/undo', 'apache2ctl configtest; systemctl status apache2'],
    },
  },
  SERVICE_NOT_RESTORED: {
    cause:
      'A gate failed after Apache had taken the new configuration. The files were taken back, but Apache did not take ' +
      'the old configuration again, or a site does not answer as it did before the run. Something besides this run ' +
      'has changed: a module or certificate is gone, a backend of another site died, the host is out of memory.',
    remedy:
      'A person is needed. See whether Apache runs and accepts its configuration, and read the error log of the sites ' +
      'that the evidence names. When they answer again, run plan.',
    look: { onHost: ['apache2ctl configtest; systemctl status apache2', 'tail -50 /var/log/apache2/error.log'] },
  },
  INTERNAL: {
    cause:
      'Something happened that nobody has foreseen: a mistake of deploy-flask. When it happens while changes are made, ' +
      'the phase is taken back like after any other failure.',
    remedy:
      'Run the same command again with --verbose and report its output, the stack at its end, and the versions that ' +
      'the second command prints. Secrets are not part of them, names of hosts and sites are.',
    look: { here: ['deploy-flask apply -f deploy-flask.yml --verbose', 'deploy-flask --version --verbose'] },
  },
  INTERRUPTED: {
    cause:
      'A signal ended the run: Ctrl-C, the end of a CI job, a terminal that was closed. Before the first change it ' +
      'ends at once and nothing was changed. While changes are made, the first one lets the running step settle and ' +
      'takes its phase back; the second one leaves at once, and the message names the steps that are unfinished.',
    remedy:
      'Run the same command again: it looks at the host first and does what is missing, also after it was left in the ' +
      'middle. The exit code is 130, 143 or 129, as for any program that a signal ends.',
  },
  DECLINED: {
    cause:
      'You answered a question with no, or left it with Ctrl-C. Nothing was changed. The exit code is not 0, so that ' +
      'what follows in a script does not run.',
    remedy: 'Run the command again when you are ready; plan shows the same without asking anything.',
    look: { here: ['deploy-flask plan -f deploy-flask.yml'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
