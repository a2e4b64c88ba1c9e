import type { Explanation } from './explanation.js'

/** The flags file, what it refers to, and the code. */
export const settings = {
  CONFIG_INVALID: {
    cause:
      'The settings were read, but not all of them can be: unknown keys, values of the wrong kind, keys that are ' +
      'written twice, secrets that stand in the file itself, and settings that are right by themselves and contradict ' +
      'each other. All mistakes are listed at once, each with file, line and column. Nobody was connected to.',
    remedy:
      'Correct the places in the list. A key with a typing mistake is answered with the one that was probably meant; ' +
      'an editor that is given the JSON Schema shows most of it while you type.',
    look: {
      here: ['deploy-flask schema > deploy-flask.schema.json', 'deploy-flask explain --vhost -f deploy-flask.yml'],
    },
  },
  CONFIG_UNREADABLE: {
    cause:
      'The flags file could not be read at all: there is no such file, its permissions forbid it, it is a folder or a ' +
      'pipe, it is larger than 1 MB, or it is not UTF-8 text. It is only ever read from the path that follows -f.',
    remedy: 'Check the path and the permissions; save the file as UTF-8 without anything else in it.',
    look: { here: ['ls -l deploy-flask.yml; file deploy-flask.yml'] },
  },
  YAML_INVALID: {
    cause:
      'The flags file is not YAML, nor JSON: a quote or bracket is missing, a line is indented with a tab or otherwise ' +
      'than its neighbours, a value begins with a character that YAML keeps for itself, an alias is used. What stands ' +
      'behind such a place may mean anything, so the settings were not looked at.',
    remedy:
      'Correct the first place, then run it again: the others often go with it. Values with : # { [ * & ! % @ or ` in ' +
      'them are safe in quotes.',
    look: { here: ['npx yaml valid < deploy-flask.yml'] },
  },
  FLAGS_VERSION_UNKNOWN: {
    cause:
      'The flags file says a "version" that is newer than those that this deploy-flask knows. Keys may have another ' +
      'meaning in it, so none of them was looked at.',
    remedy:
      'Install the newer deploy-flask that it was written for. When the number is a mistake, write the one that this ' +
      'program knows: version: 1.',
    look: { here: ['deploy-flask --version', 'npm install --global deploy-flask@latest'] },
  },
  FIELD_MISSING: {
    cause:
      'Settings that have no default are missing, and nobody can be asked for them. All of them are listed at once, ' +
      'with the key of the flags file, the option and the environment variable that would say each.',
    remedy: 'Say them by one of the three; or run deploy-flask in a terminal, where the wizard asks for them.',
    look: { here: ['deploy-flask schema', 'deploy-flask apply --help'] },
  },
  SECRET_MISSING: {
    cause:
      'A setting refers to a secret by {env: NAME} or {file: PATH}, and it is not there: the variable is not set or ' +
      'empty, the file is missing, empty, larger than 1 MB, not text, or may not be read. For the sudo password it must ' +
      'be one line. Everything that is missing is listed.',
    remedy:
      'Set the variable for this command, or write the file: the secret and nothing else in it, readable by you only. ' +
      'Paths are relative to the flags file. In CI, hand the secret of the project to the step as an environment variable.',
    look: { here: ['env | cut -d= -f1 | sort', 'ls -l PATH'] },
  },
  SOURCE_INVALID: {
    cause:
      'The flags file and the code do not fit together: a module, script, static folder or requirements file that the ' +
      'settings name is not in the folder that is sent, is of the other kind (a file for a folder), or is left out by ' +
      '.gitignore or .deployignore. Each is listed with its place in the flags file.',
    remedy: 'Correct the setting or the code. What an ignore file leaves out is not sent: add an exception with !.',
    look: { here: ['git status --ignored', 'cat .gitignore .deployignore'] },
  },
  SOURCE_UNSENDABLE: {
    cause:
      'The folder of the code holds something that cannot be sent, or would not mean the same on the host: a symbolic ' +
      'link that leads out of the folder, a socket, device or pipe, a name that is not UTF-8 or holds control ' +
      'characters. Or it holds nothing at all that is not ignored.',
    remedy:
      'Remove it, make a link relative to a place inside the folder, or list it in .deployignore, which has the syntax ' +
      'of .gitignore.',
    look: { here: ['find . -type l -lname "/*"', 'find . -type p -o -type s'] },
  },
  PROJECT_UNREADABLE: {
    cause:
      'The folder that "code" names is not there, is not a folder, or something in it cannot be read by you. Paths in ' +
      'the flags file are relative to the flags file, not to where the command runs.',
    remedy: 'Correct code.folder, or the permissions of what the message names; or leave it out with .deployignore.',
    look: { here: ['ls -ld FOLDER', 'find . ! -readable'] },
  },
  REQUIREMENTS_INVALID: {
    cause:
      'A line of the requirements is not a package by name and version: an option (-r, -e, --index-url), a URL, a path, ' +
      'a package twice, or a file that is not UTF-8. Only requirements by name can be checked on the host without ' +
      'asking an index, which is how a second run sees that nothing is to be done. The same is refused in a ' +
      'requirements file that lies on the host.',
    remedy:
      'Write all requirements into one list, as pip freeze and pip-compile do; the index is pip.index-url in the flags ' +
      'file. Hashes (--hash) and markers may stay.',
    look: { here: ['pip freeze > requirements.txt'] },
  },
  PATH_DANGEROUS: {
    cause:
      'Folders of the site are made and given away as root, so places that belong to something else are refused: system ' +
      'folders, homes, /tmp, the folder of another site, a database among the releases or below what is served. On the ' +
      'host the same is said of a SQLite file that is a link or has a second name: giving it away would give away ' +
      'something else.',
    remedy:
      'Give the site a folder of its own such as /srv/NAME, and its databases one below that, such as /srv/NAME/data. ' +
      'Name the real path of a database, not a link to it.',
    look: { onHost: ['namei -l PATH; stat PATH'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
