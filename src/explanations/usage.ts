import type { Explanation } from './explanation.js'

/** The command line, and files that it names besides the flags file. */
export const usage = {
  USAGE: {
    cause:
      'The command line cannot be carried out as it stands: an unknown command or option, a value that does not fit, a ' +
      'file that is not named, options that exclude each other. Nothing was read or changed.',
    remedy: 'The message says what is meant, or what is near. --help of a command lists its options with examples.',
    look: { here: ['deploy-flask --help', 'deploy-flask apply --help'] },
  },
  NODE_TOO_OLD: {
    cause:
      'deploy-flask runs on this computer and needs Node.js 20.19 or newer; the node that is found first in PATH is ' +
      'older. The host needs no Node.js at all.',
    remedy:
      'Install a newer Node.js from your system, nvm, fnm or nodejs.org. When there are several, see to it that the ' +
      'newer one is found first.',
    look: { here: ['node --version; type -a node'] },
  },
  NO_TERMINAL: {
    cause:
      'Something has to be asked, and there is nobody to ask: standard input or standard error is not a terminal, as in ' +
      'CI, cron or a pipe. It ends here, before the host is touched, instead of waiting for ever.',
    remedy:
      'Say beforehand what would be asked: --yes to apply without a question, or a plan that was looked at and saved. ' +
      'What the wizard asks is said by a flags file.',
    look: {
      here: [
        'deploy-flask apply -f deploy-flask.yml --yes',
        'deploy-flask plan -f deploy-flask.yml --out plan.json && deploy-flask apply plan.json',
      ],
    },
  },
  OUTPUT_UNWRITABLE: {
    cause:
      'The file that --out or --log names, or the flags file that the wizard writes, cannot be written: its folder is not there or not yours, the disk is full, or ' +
      'there is something else in its place, which is never replaced unasked. --out and --log are looked at before ' +
      'anybody connects.',
    remedy: 'Name a file in a folder that you may write to. A log is appended to, an older plan is replaced.',
    look: { here: ['ls -ld FOLDER; df FOLDER'] },
  },
  PLAN_FILE_INVALID: {
    cause:
      'The file is not a plan that `plan --out` has written: it cannot be read, is not whole, was edited, or comes from ' +
      'a version of deploy-flask that writes plans in another form. A flags file without -f in front of it ends here, too.',
    remedy: 'Make the plan anew and look at it. To apply a flags file, name it with -f.',
    look: { here: ['deploy-flask plan -f deploy-flask.yml --out plan.json', 'deploy-flask apply -f deploy-flask.yml'] },
  },
  APPLY_PLAN_STALE: {
    cause:
      'A plan is applied exactly or not at all. Since it was made or approved, the flags file, the code, the ' +
      'requirements, the playbook or the host have changed, the address leads to another machine, or this version of ' +
      'deploy-flask would do something else. With a saved plan nothing was done. When it shows in the middle of a run, ' +
      'because a step needs more than was approved, the running phase is taken back.',
    remedy: 'Make the plan anew, look at what is different, and apply that one. --yes approves what shows only later.',
    look: { here: ['deploy-flask plan -f deploy-flask.yml --out plan.json'] },
  },
  NO_APPLICATION: {
    cause:
      'The wizard found no WSGI application in the folder that it was started in: no Flask object, no factory without ' +
      'required arguments, no other WSGI callable. It reads Python files and the usual settings of Flask, and runs ' +
      'nothing of yours. What it saw and could not use is told with the message.',
    remedy:
      'Start it in the folder of the project. When the application is made in a way that cannot be seen, say where it ' +
      'is; it is imported on the host before anything is switched on.',
    look: { here: ['deploy-flask init --wsgi shop:app'] },
  },
  PLAYBOOK_UNREADABLE: {
    cause: 'The file that --playbook names is not there, or may not be read, or is not a regular file.',
    remedy:
      'Check the path; it is relative to the folder that the command runs in. It names a file of TypeScript or ' +
      'JavaScript, not one of the shipped playbooks, which need no option.',
    look: { here: ['deploy-flask playbooks'] },
  },
  PLAYBOOK_INVALID: {
    cause:
      'The file that --playbook names was read, but is no playbook: its syntax is wrong, it imports something that is ' +
      'not there, or its default export is not what definePlaybook makes (name, summary, phases). The same code is ' +
      'given when phases() returns something else than a list of phases with steps, and when what takes a change back ' +
      'reads stdin: it is noted on the host, for a later run to run it, and no input could be noted with it.',
    remedy:
      'Write "export default definePlaybook({ name, summary, phases })", with definePlaybook from deploy-flask. The ' +
      'example that is shipped shows all of it; an editor checks the types.',
    look: { here: ['deploy-flask playbooks', 'npx tsc --noEmit PLAYBOOK.ts'] },
  },
  PLAYBOOK_FAILED: {
    cause:
      'The code of a playbook of yours threw an error: while it was loaded, while it made its phases, or in a function ' +
      'of one of its steps (plan, refuse, parse) while the host was looked at or changed. The message names the line in ' +
      'your file. When changes had begun, the phase was taken back.',
    remedy:
      'Repair the playbook at that line. A plan that meets a host without anything on it must answer too: probes give ' +
      'null or an empty list there.',
    look: { here: ['deploy-flask plan -f deploy-flask.yml --playbook PLAYBOOK.ts --verbose'] },
  },
  INSTALLATION_BROKEN: {
    cause:
      'The program itself could not be loaded: files of it or of a package that it needs are missing or damaged. In a ' +
      'checkout it was not built yet.',
    remedy: 'Install it again; in a checkout of the repository run the build.',
    look: { here: ['npm install --global deploy-flask', 'npm ci && npm run build'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
