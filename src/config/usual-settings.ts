import type { Setting } from './settings-table.js'

/** In front of every variable that is a setting. */
export const variablePrefix = 'DEPLOY_FLASK_'

export const holdsVariables = (env: Readonly<Record<string, string | undefined>>): boolean =>
  Object.keys(env).some((name) => name.startsWith(variablePrefix))

/** What most command lines hold. Making the whole table takes longer than a run with nothing to do can spare. */
export const usualSettings: readonly Setting[] = [
  {
    key: 'host',
    path: ['host'],
    option: 'host',
    variable: `${variablePrefix}HOST`,
    kind: 'text',
    description: 'Host to deploy to: an address or an alias of ssh_config; `user@host` is accepted',
  },
  {
    key: 'ssh.config-file',
    path: ['ssh', 'config-file'],
    option: 'ssh-config',
    variable: `${variablePrefix}SSH_CONFIG`,
    kind: 'text',
    description: 'ssh_config to read instead of ~/.ssh/config',
  },
]
