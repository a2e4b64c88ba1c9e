import type { InputlessCommand } from '../../core/command.js'
import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { accountNamed, groupNamed, type Account } from '../../probes/host.js'
import { shell, takeBack } from '../files.js'
import { dataStays, probesOf } from './found-paths.js'
import { needing, stays, type Removal } from './removal.js'

type Found = NonNullable<Account>

/** Names of the accounts that the site has brought: of users, or of groups. */
const brought = ({ manifest }: Removal, kind: 'user' | 'group'): readonly string[] =>
  Object.entries(manifest.before.accounts).flatMap(([name, was]) =>
    name.startsWith(`${kind} `) && !was ? [name.slice(kind.length + 1)] : [],
  )

const users = (removal: Removal, account: string): readonly string[] =>
  needing(removal, ({ before }) => account in before.accounts)

/** userdel takes the group of the same name along. */
const keepGroup = (group: string, gid: number): InputlessCommand =>
  shell(
    `groupadd --gid ${gid} ${group}, where userdel has removed it`,
    'getent group "$2" >/dev/null || groupadd --system --gid "$1" "$2"',
    String(gid),
    group,
  )

const userRemoval = (name: string, { uid, gid, group, home, shell: login }: Found, keepsGroup: boolean): Change => ({
  kind: 'remove',
  subject: `user ${name}`,
  run: [
    takeBack('getent passwd "$1" >/dev/null', name, 'userdel', name),
    ...(keepsGroup ? [keepGroup(group, gid)] : []),
  ],
  undo: [
    keepGroup(group, gid),
    takeBack(
      '! getent passwd "$1" >/dev/null',
      name,
      ...['useradd', '--system', '--no-create-home', '--uid', String(uid), '--gid', group],
      ...['--home-dir', home, '--shell', login, name],
    ),
  ],
})

const groupRemoval = (name: string, gid: number): Change => ({
  kind: 'remove',
  subject: `group ${name}`,
  run: [takeBack('getent group "$1" >/dev/null', name, 'groupdel', name)],
  undo: [keepGroup(name, gid)],
})

type Asked = ReturnType<typeof probesOf> & Accounts

type Accounts = Readonly<Record<`user ${string}`, Probe<Account>>> &
  Readonly<Record<`group ${string}`, Probe<{ readonly gid: number } | null>>>

const accountProbes = (removal: Removal): Accounts =>
  Object.fromEntries([
    ...brought(removal, 'user').map((name) => [`user ${name}`, accountNamed(name)] as const),
    ...brought(removal, 'group').map((name) => [`group ${name}`, groupNamed(name)] as const),
    // Object.fromEntries forgets which names have which form
  ]) as Accounts

/**
 * Accounts that the site has brought go, where no other site runs as them and nothing that stays is theirs.
 *
 * @param removal what goes, and what stays
 */
export const removedAccounts = (removal: Removal): Step => {
  const free = (kind: 'user' | 'group'): readonly string[] =>
    brought(removal, kind).filter((name) => users(removal, `${kind} ${name}`).length === 0)
  const probes: Asked = { ...probesOf(removal), ...accountProbes(removal) }
  return defineStep({
    id: 'site.account',
    why: 'an account that owns nothing and runs nothing',
    title: `Accounts of ${removal.manifest.site}`,
    probes,
    plan: (is): readonly Change[] => {
      if (dataStays(removal, is)) return []
      return [
        ...free('user').flatMap((name) => {
          const account = is[`user ${name}`] ?? null
          // a manifest that was edited may name anybody
          if (account === null || account.uid === 0) return []
          return [userRemoval(name, account, account.group === name && !free('group').includes(name))]
        }),
        ...free('group').flatMap((name) => {
          const group = is[`group ${name}`] ?? null
          return group === null || group.gid === 0 ? [] : [groupRemoval(name, group.gid)]
        }),
      ]
    },
    keeps: (is) => {
      const there = [
        ...brought(removal, 'user').map((name) => `user ${name}` as const),
        ...brought(removal, 'group').map((name) => `group ${name}` as const),
      ].filter((account) => is[account] !== null)
      return there.flatMap((account) => {
        const by = users(removal, account)
        if (by.length > 0) return [stays(`the ${account}`, by)]
        return dataStays(removal, is) ? [`the ${account} (the data is theirs)`] : []
      })
    },
  })
}
