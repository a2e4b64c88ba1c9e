/** What has to be traced; with `-f -y -x`. */
export const tracedCalls =
  'open,openat,creat,umask,chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,setxattr,fsetxattr,rename,renameat,renameat2,unlink,unlinkat,clone,fork,vfork'

/** What a file was at one moment. */
interface Access {
  readonly mode: number
  readonly owner: string
}

interface Call {
  readonly pid: string
  readonly name: string
  readonly args: string
  readonly result: string
}

/** Those that worked, in the order in which they were answered. */
const callsIn = (trace: string): readonly Call[] => {
  const unfinished = new Map<string, string>()
  return trace.split('\n').flatMap((line) => {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    if (rest.endsWith(' <unfinished ...>')) {
      unfinished.set(pid, rest.slice(0, -' <unfinished ...>'.length))
      return []
    }
    const resumed = /^<\.\.\. \w+ resumed> ?(.*)$/.exec(rest)?.[1]
    const whole = resumed === undefined ? rest : `${unfinished.get(pid) ?? ''}${resumed}`
    const [, name, args = '', result = ''] = /^(\w+)\((.*)\) += (\d+)/.exec(whole) ?? []
    return name === undefined ? [] : [{ pid, name, args, result }]
  })
}

/** The paths that a call names: arguments, perhaps below a descriptor, or what descriptors lead to. */
const pathsOf = ({ name, args }: Call): readonly string[] => {
  const isBelow = /at2?$/.test(name)
  const whole = !isBelow
    ? args
    : args
        .replace(/(?:AT_FDCWD|\d+)(?:<[^>]*>)?, "\//g, '"/')
        .replace(/(?:AT_FDCWD|\d+)<([^>]*)>, "([^"]+)"/g, '"$1/$2"')
  return [...whole.matchAll(/["<](\/[^">]*)[">]/g)].map(([, path = '']) => path)
}

const octal = (text: string | undefined): number => parseInt(text ?? '0', 8)

/** The rights of user, group and others in a POSIX access list as the kernel takes it. */
const modeOfList = (args: string): number | undefined => {
  const bytes = /"system\.posix_acl_access", "((?:\\x[0-9a-f]{2})+)"/.exec(args)?.[1]
  if (bytes === undefined) return undefined
  const list = Buffer.from(bytes.replaceAll('\\x', ''), 'hex')
  const rights = new Map<number, number>()
  for (let at = 4; at < list.length; at += 8) rights.set(list.readUInt16LE(at), list.readUInt16LE(at + 2))
  const [user = 0, group = 0, others = 0] = [1, 4, 32].map((tag) => rights.get(tag))
  return user * 64 + group * 8 + others
}

/**
 * Each state of owner and mode that files had, from the calls that made them so: nothing is missed, as it would be by
 * looking. `PATH MODE UID:GID`, each once, in the order of their appearance. Known are files that came into being meanwhile.
 */
export const statesOf = (trace: string, about: RegExp): readonly string[] => {
  const calls = callsIn(trace)
  const parents = new Map(
    calls.filter(({ name }) => /^(clone|v?fork)/.test(name)).map(({ pid, result }) => [result, pid] as const),
  )
  const umasks = new Map<string, number>()
  // one that has not said its own has that of whoever started it; 0, the widest, where nothing is known of that
  const umaskOf = (pid: string | undefined): number =>
    pid === undefined ? 0 : (umasks.get(pid) ?? umaskOf(parents.get(pid)))
  const files = new Map<string, Access>()
  const seen = new Set<string>()

  const is = (path: string, change: (before: Access) => Access): void => {
    const before = files.get(path)
    if (before === undefined) return
    const { mode, owner } = change(before)
    files.set(path, { mode, owner })
    seen.add(`${path} ${mode.toString(8)} ${owner}`)
  }

  for (const call of calls) {
    const { pid, name, args } = call
    // what a process begins with stays its own when another umask is set above it
    umasks.set(pid, umaskOf(pid))
    const [path = '', to = path] = pathsOf(call)
    if (name === 'umask') umasks.set(pid, octal(args))
    if (!about.test(path) && !about.test(to)) continue
    if (/^(open|openat|creat)$/.test(name) && (args.includes('O_CREAT') || name === 'creat') && !files.has(path)) {
      files.set(path, { mode: octal(/(0\d*)$/.exec(args)?.[1]) & ~umaskOf(pid), owner: '0:0' })
      is(path, (created) => created)
    }
    if (/^f?chmod/.test(name)) is(path, ({ owner }) => ({ mode: octal(/, (0\d*)(?:, |$)/.exec(args)?.[1]), owner }))
    if (/^f?setxattr$/.test(name)) is(path, (before) => ({ ...before, mode: modeOfList(args) ?? before.mode }))
    if (/^[fl]?chown/.test(name)) {
      const [, uid = '-1', gid = '-1'] = /, (-?\d+), (-?\d+)/.exec(args) ?? []
      is(path, ({ mode, owner }) => {
        const [user = '', group = ''] = owner.split(':')
        return { mode, owner: `${uid === '-1' ? user : uid}:${gid === '-1' ? group : gid}` }
      })
    }
    if (name.startsWith('rename')) {
      const moved = files.get(path)
      files.delete(path)
      if (moved !== undefined) files.set(to, moved)
      is(to, (arrived) => arrived)
    }
    if (name.startsWith('unlink')) files.delete(path)
  }
  return [...seen]
}
