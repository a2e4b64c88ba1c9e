import { deniedTo, first } from './facts.js'
import type { Rule } from './rule.js'

/** Files of a site, and who may read them. */
export const fileRules: readonly Rule[] = [
  {
    id: 'account-missing',
    severity: 'error',
    texts: [/bad (user|group) name/, /(Unable to determine|Couldn't determine) home directory for uid/],
    state: ({ groups }) => first(groups, ({ user, account }) => (account ? undefined : `there is no account ${user}`)),
    cause: 'an account that the daemon runs as is not there',
    remedy: 'apply makes it again, and gives it its files',
    repair: 'apply',
  },
  {
    id: 'code-missing',
    severity: 'error',
    state: ({ groups, code }) =>
      code.there ? undefined : `${code.path} leads nowhere (process group ${groups[0]?.name ?? '-'})`,
    cause: 'the code that is to be served is not there',
    remedy: 'apply brings it again',
    repair: 'apply',
  },
  {
    id: 'home-unusable',
    severity: 'error',
    texts: [
      /Unable to change (current )?working\s+directory/,
      /Unable to change working directory to home directory/,
      /(Failure to configure the daemon process correctly|Daemon process configuration failed)/,
    ],
    state: ({ groups, code }) =>
      first(groups, ({ user, code: denied }) =>
        denied === null || !code.there || denied.why === 'missing' ? undefined : deniedTo(user, denied),
      ),
    repeats: 20,
    cause: 'the daemon cannot enter its working directory, and tries again every 20 seconds',
    remedy: 'apply brings the folder again; where it is closed, open its parent folders for the account (chmod o+x)',
    repair: 'apply',
    total: true,
    symptomOf: ['code-missing', 'account-missing'],
  },
  {
    id: 'settings-unreadable',
    severity: 'error',
    texts: [/(FileNotFoundError|PermissionError): .*\/etc\/deploy-flask\//],
    state: ({ settings: { user, denied } }) => (denied === null ? undefined : deniedTo(user, denied)),
    cause: 'the application cannot read its settings',
    remedy: 'apply writes them again, readable for the account of the site',
    repair: 'apply',
    total: true,
    symptomOf: ['account-missing'],
  },
  {
    id: 'script-missing',
    severity: 'error',
    texts: [/Target WSGI script not found or unable to stat/, /Unable to stat target (WSGI|handler) script/],
    state: ({ scripts }) =>
      first(scripts, ({ user, denied }) => (denied?.why === 'missing' ? deniedTo(user, denied) : undefined)),
    cause: 'the WSGI script is not where the virtual host says',
    remedy: 'apply writes it again',
    repair: 'apply',
    total: true,
  },
  {
    id: 'path-closed',
    severity: 'error',
    texts: [
      /search permissions are missing on a component of the path/,
      /AH00132: file permissions deny server access/,
    ],
    state: ({ scripts }) =>
      first(scripts, ({ closed }) => (closed === null ? undefined : deniedTo('www-data', closed))),
    cause: 'Apache cannot enter a parent folder',
    remedy: 'move the code below /srv, or give others the right to enter (chmod o+x); apply repairs folders of its own',
    repair: 'apply',
    total: true,
    symptomOf: ['script-missing'],
  },
  {
    id: 'script-unreadable',
    severity: 'error',
    texts: [/\(13\)Permission denied: .*Could not read(\/compile source file| or compile WSGI script)/],
    state: ({ scripts }) =>
      first(scripts, ({ user, denied }) =>
        denied?.why === 'read' || denied?.why === 'closed' ? deniedTo(user, denied) : undefined,
      ),
    cause: "the WSGI script cannot be read by the daemon's account",
    remedy: 'apply gives it mode 0644 again',
    repair: 'apply',
    total: true,
    symptomOf: ['path-closed', 'account-missing'],
  },
]
