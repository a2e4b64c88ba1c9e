import { root } from '../../core/command.js'
import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { accountNamed, groupNamed, type Account as HostAccount } from '../../probes/host.js'
import { takeBack } from '../files.js'

/** A user of the host and the group that it is in. */
export interface Account {
  readonly user: string
  readonly group: string
}

const isRoot = (user: string): DeployError =>
  new DeployError('ACCOUNT_IS_ROOT', {
    what: `the account ${user} of the host is root under another name (uid 0)`,
    remedy: 'set "user" to an account without rights',
  })

const newGroup = (group: string): Change => ({
  kind: 'create',
  subject: `group ${group}`,
  run: [root('groupadd', '--system', group)],
  undo: [takeBack('getent group "$1" >/dev/null', group, 'groupdel', group)],
})

const withoutHome = ['--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin']

const newUser = ({ user, group }: Account): Change => ({
  kind: 'create',
  subject: `user ${user}`,
  run: [root('useradd', '--system', '--gid', group, ...withoutHome, user)],
  undo: [takeBack('getent passwd "$1" >/dev/null', user, 'userdel', user)],
})

/**
 * The accounts that run the applications: system users without a shell or a home (useradd(8), --system), never root
 * (mod_wsgi: WSGIDaemonProcess, user and group). One that is there already is taken as it is.
 *
 * @param wanted names of users with their groups; of a user that is named twice the first group counts
 * Refuses with ACCOUNT_IS_ROOT where one of them has the user id of root.
 */
export const accounts = (wanted: readonly Account[]): Step => {
  const users = [...new Set(wanted.map(({ user }) => user))]
  const groups = [...new Set(wanted.map(({ group }) => group))]
  const probes: Record<string, Probe<HostAccount | { gid: number } | null>> = {}
  for (const user of users) probes[`user ${user}`] = accountNamed(user)
  for (const group of groups) probes[`group ${group}`] = groupNamed(group)
  return defineStep({
    id: 'site.account',
    why: 'the application runs as an account that owns nothing else',
    title: `${users.length === 1 ? 'Account' : 'Accounts'} ${users.join(', ')}`,
    probes,
    refuse: (is) =>
      users.flatMap((user) => {
        const there = is[`user ${user}`]
        return there !== null && there !== undefined && 'uid' in there && there.uid === 0 ? [isRoot(user)] : []
      }),
    plan: (is): readonly Change[] => [
      ...groups.flatMap((group) => (is[`group ${group}`] === null ? [newGroup(group)] : [])),
      ...users.flatMap((user) => {
        const account = wanted.find((one) => one.user === user)
        return is[`user ${user}`] === null && account !== undefined ? [newUser(account)] : []
      }),
    ],
  })
}
