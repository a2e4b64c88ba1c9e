import type { Setting } from './settings-table.js'

/** What most command lines hold. Making the whole table takes longer than a run with nothing to do can spare. */
export const usualSettings: readonly Setting[] = [
  {
    key: 'host',
    path: ['host'],
    option: 'host',
    variable: 'DEPLOY_FLASK_HOST',
    kind: 'text',
    isRequired: true,
    description: 'Host to deploy to: an address or an alias of ssh_config; `user@host` is accepted',
  },
  {
    key: 'ssh.config-file',
    path: ['ssh', 'config-file'],
    option: 'ssh-config',
    variable: 'DEPLOY_FLASK_SSH_CONFIG',
    kind: 'text',
    isRequired: false,
    description: 'ssh_config to read instead of ~/.ssh/config',
  },
]
