import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { accountNamed, groupNamed } from '../../probes/host.js'
import { takeBack } from '../files.js'

/** The account that runs the application: a system user without a shell or a home, never root. */
export const account = (user: string, group: string): Step =>
  defineStep({
    id: 'site.account',
    title: `Account ${user}`,
    probes: { user: accountNamed(user), group: groupNamed(group) },
    refuse: ({ user: is }) =>
      is?.uid === 0
        ? [
            new DeployError('PATH_DANGEROUS', {
              what: `the account ${user} of the host is root under another name (uid 0)`,
              remedy: 'set "user" to an account without rights',
            }),
          ]
        : [],
    plan: ({ user: is, group: groupIs }): readonly Change[] => [
      ...(groupIs === null
        ? [
            {
              kind: 'create' as const,
              subject: `group ${group}`,
              run: [{ argv: ['groupadd', '--system', group] as const, as: 'root' as const }],
              undo: [takeBack('getent group "$1" >/dev/null', group, 'groupdel', group)],
            },
          ]
        : []),
      ...(is === null
        ? [
            {
              kind: 'create' as const,
              subject: `user ${user}`,
              run: [
                {
                  argv: [
                    'useradd',
                    '--system',
                    '--gid',
                    group,
                    '--no-create-home',
                    '--home-dir',
                    '/nonexistent',
                    '--shell',
                    '/usr/sbin/nologin',
                    user,
                  ] as const,
                  as: 'root' as const,
                },
              ],
              undo: [takeBack('getent passwd "$1" >/dev/null', user, 'userdel', user)],
            },
          ]
        : []),
    ],
  })
