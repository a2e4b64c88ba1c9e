import type { Explanation } from './explanation.js'

/** Which hosts a fleet has, and which of them are meant. */
export const inventory = {
  INVENTORY_INVALID: {
    cause:
      'The inventory was read, but not all of it can be: hosts or members that are not written anywhere, groups that ' +
      'are members of themselves, ranges that are none, settings with wrong values, passwords that stand in the file. ' +
      'All mistakes are listed at once, each with file, line and column. Nobody was connected to.',
    remedy:
      'Correct the places in the list. Passwords are referred to, {env: NAME} or {file: PATH}. An inventory that Ansible ' +
      'must compute first is written out by ansible-inventory --list, and that file can be read.',
    look: { here: ['deploy-flask schema --inventory', 'ansible-inventory -i INVENTORY --list > inventory.json'] },
  },
  INVENTORY_UNREADABLE: {
    cause:
      'The inventory, or the file behind --limit @, could not be read at all: it is not there, is a folder, is larger ' +
      'than 10 MB or no text, or it is of a kind that only Ansible can read: a program, the configuration of a plugin, a ' +
      'file that is encrypted. Nothing of an inventory is ever executed.',
    remedy:
      'Check the path. Let Ansible write out what only Ansible can read: ansible-inventory -i INVENTORY --list. Where the ' +
      'form of a file is not seen rightly, say it in front of the path: --inventory ssh_config:PATH.',
    look: { here: ['ls -l INVENTORY; file INVENTORY', 'ansible-inventory -i INVENTORY --list > inventory.json'] },
  },
  NO_HOST_MATCHES: {
    cause:
      'A name or pattern means no host of the fleet, or no host is left when all patterns are taken together. A name ' +
      'that is not known is never passed over: with a typing mistake in what is to be left out, too many hosts would ' +
      'be changed. The same is said of an inventory that names no host at all.',
    remedy: 'Look which hosts and groups there are. Names with a typing mistake are answered with what is near.',
    look: { here: ['deploy-flask fleet list -f deploy-flask.yml'] },
  },
  HOST_NOT_CHOSEN: {
    cause:
      'The flags file names several hosts ("hosts" or "inventory" instead of "host"), and the command is for one. All ' +
      'of them are listed.',
    remedy:
      'Name one of them with --host: what the flags file says of it then holds as if it were the only one. fleet apply ' +
      'and its kind are for all of them.',
    look: {
      here: ['deploy-flask status -f deploy-flask.yml --host NAME', 'deploy-flask fleet apply -f deploy-flask.yml'],
    },
  },
  HOST_TWICE: {
    cause:
      'Among the hosts that were chosen, several names lead to the same address and port. The run of one would find the ' +
      'other at work on the host, and their settings may differ.',
    remedy:
      'Leave one of the names out of the inventory, or choose between them with --limit. Two sites on one host are two ' +
      'flags files.',
    look: {
      here: [
        'deploy-flask fleet list -f deploy-flask.yml',
        "deploy-flask fleet apply -f deploy-flask.yml --limit 'all:!NAME'",
      ],
    },
  },
} as const satisfies Readonly<Record<string, Explanation>>
