import type { Draft } from './draft.js'
import { groupOf, optionsOf } from './process-groups.js'
import { accountOf, apacheAccount, isSimple, mainOf, type Seen } from './seen.js'

const apart = ['user', 'group', 'python-home']

export const processes = (draft: Draft, seen: Seen): void => {
  const { host, site } = seen
  const { daemon, mount } = mainOf(seen)
  if (mount === undefined) return
  const { user, group } = accountOf(seen)
  if (daemon === undefined) {
    const named = groupOf(host, mount)
    draft.notes.push(
      named === undefined
        ? 'it runs inside the processes of Apache (embedded mode); it will have processes of its own'
        : `its process group ${named} is not defined in this file; it will have one of its own`,
    )
  }
  if (user !== apacheAccount || !isSimple(seen)) draft.take('user', user, site.path)
  if (user !== apacheAccount ? group !== user : group !== apacheAccount) draft.take('group', group, site.path)
  else if (!isSimple(seen)) draft.take('group', group, site.path)
  if (daemon === undefined) return
  const said = optionsOf(daemon, apart)
  draft.takeEach(
    'daemon',
    {
      ...(daemon.name === site.name ? {} : { name: daemon.name }),
      ...(daemon.scope === 'server' ? { scope: 'server' } : {}),
      ...said,
    },
    draft.at(daemon.line),
  )
  const further = host.daemons.filter((one) => one !== daemon)
  if (further.length > 0) {
    draft.takeEach(
      'process-groups',
      Object.fromEntries(further.map((one) => [one.name, optionsOf(one, [])])),
      site.path,
    )
  }
}
