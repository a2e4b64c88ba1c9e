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

const ofFleet = (name: string, kind: Setting['kind'], description: string): Setting => ({
  key: `fleet.${name}`,
  path: ['fleet', name],
  option: name,
  variable: `${variablePrefix}${name.toUpperCase().replaceAll('-', '_')}`,
  kind,
  description,
})

/** What the help of the commands for fleets shows besides. */
export const fleetSettings: readonly Setting[] = [
  ofFleet('parallel', 'number', 'Hosts in flight at the same time, at most'),
  ofFleet(
    'rolling',
    'any',
    'Hosts in flight at the same time, the next one as soon as one is done; or a percentage: waves of that size, ' +
      'one after the other. The first failure ends it, unless `stop-after` says otherwise',
  ),
  ofFleet(
    'canary',
    'any',
    'Hosts that go first: a number, a percentage, or a pattern. All of them must work before others begin',
  ),
  ofFleet('canary-wait', 'number', 'How long the canaries run before they are asked again and others begin (seconds)'),
  ofFleet('stop-after', 'any', 'Failed hosts, or a percentage of all, after which no further host begins'),
  ofFleet('host-seconds', 'number', 'How long one host may take before its run is stopped and taken back (seconds)'),
]
