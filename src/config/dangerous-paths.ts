/**
 * Where a site must not be put: we write there as root, and the folder of a SQLite file even becomes the daemon's. All
 * paths here are absolute and in their plain form, which the schema sees to.
 */
const refusedWithAllBelow: Readonly<Record<string, string>> = {
  '/etc': 'it is the configuration of the host',
  '/usr': 'it belongs to the packages of the host',
  '/bin': 'it belongs to the packages of the host',
  '/sbin': 'it belongs to the packages of the host',
  '/lib': 'it belongs to the packages of the host',
  '/lib32': 'it belongs to the packages of the host',
  '/lib64': 'it belongs to the packages of the host',
  '/libx32': 'it belongs to the packages of the host',
  '/boot': 'it holds what the host starts from',
  '/snap': 'it belongs to snapd',
  '/lost+found': 'it belongs to the file system',
  '/proc': 'it belongs to the kernel',
  '/sys': 'it belongs to the kernel',
  '/dev': 'it belongs to the kernel',
  '/run': 'it is emptied at every start of the host',
  '/var/run': 'it is emptied at every start of the host',
  '/var/lock': 'it is emptied at every start of the host',
  '/tmp': 'Apache has a /tmp of its own (PrivateTmp), so the site would not see it',
  '/var/tmp': 'Apache has a /var/tmp of its own (PrivateTmp), so the site would not see it',
  '/root': 'it is the home of root, which no other account may enter',
  '/var/log': 'it holds the logs of the host',
  '/var/cache': 'it may be emptied at any time',
  '/var/backups': 'it holds the backups of the host',
  '/var/spool': 'it holds jobs and mail of the host',
  '/var/mail': 'it holds the mail of the host',
  '/var/crash': 'it holds reports of the host',
  '/var/snap': 'it belongs to snapd',
}

const refusedItself = [
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/srv',
  '/var',
  '/var/lib',
  '/var/local',
  '/var/opt',
  '/var/www',
]

export const isBelow = (path: string, folder: string): boolean => path.startsWith(folder === '/' ? '/' : `${folder}/`)

export const isAtOrBelow = (path: string, folder: string): boolean => path === folder || isBelow(path, folder)

/** Why a folder must not be used, or undefined. `own` are names under which a folder in /var/lib is the site's own. */
export const dangerOf = (folder: string, own: readonly string[]): string | undefined => {
  if (folder === '/') return 'it is the whole host'
  for (const [refused, why] of Object.entries(refusedWithAllBelow)) {
    if (isAtOrBelow(folder, refused)) return folder === refused ? why : `${refused} is no place for it: ${why}`
  }
  if (refusedItself.includes(folder)) return 'other things live in it: take a folder of its own below it'
  if (/^\/home\/[^/]+$/.test(folder)) return 'it is the home of an account: take a folder of its own below it'
  const state = /^\/var\/lib\/([^/]+)/.exec(folder)?.[1]
  if (state !== undefined && !own.includes(state)) return `/var/lib/${state} may belong to a package of the host`
  return undefined
}

/** Where the code and what belongs to it lies, for the rules about SQLite files. */
export interface Layout {
  readonly own: readonly string[]
  readonly root: string
  /** Only where the code is on the host already. */
  readonly code?: string
  /** Absolute folders that hold Python modules or scripts of the application, or are served as they are. */
  readonly inside: readonly { readonly folder: string; readonly what: string }[]
}

/** Why whatever lies there must not be served by Apache or run as a script, or undefined; what is read only, as /usr. */
export const dangerOfReading = (path: string): string | undefined => {
  if (path === '/') return 'it is the whole host'
  for (const [refused, why] of Object.entries(refusedWithAllBelow)) {
    if (isAtOrBelow(path, refused) && !isReadable(refused)) return `${refused} is no place for it: ${why}`
  }
  return undefined
}

const isReadable = (refused: string): boolean => /^\/(usr|bin|sbin|lib.*|snap|var\/(cache|snap))$/.test(refused)

/** As `dangerOfReading`, of a folder that is served as a whole. */
export const dangerOfServing = (folder: string): string | undefined => {
  if (refusedItself.includes(folder) || /^\/(usr(\/(share|local|lib))?|bin|sbin|lib[^/]*|snap)$/.test(folder)) {
    return 'other things live in it: take a folder of its own below it'
  }
  if (/^\/home\/[^/]+$/.test(folder)) return 'it is the home of an account: take a folder of its own below it'
  return dangerOfReading(folder)
}

/** Made by us below the site's root; what lies in them is root's, because the daemon runs it. */
export const oursBelowRoot: Readonly<Record<string, string>> = {
  releases: 'the releases',
  current: 'the current release',
  venvs: 'the virtual environments',
  wsgi: 'the WSGI script',
}

/** Why the folder of a SQLite file must not be given to the daemon's account, or undefined. */
export const dangerOfSqliteFolder = (folder: string, layout: Layout): string | undefined => {
  const general = dangerOf(folder, layout.own)
  if (general !== undefined) return general
  if (isAtOrBelow(layout.root, folder)) return 'the application could exchange its own code there'
  for (const [name, what] of Object.entries(oursBelowRoot)) {
    if (isAtOrBelow(folder, `${layout.root}/${name}`)) return `it holds ${what}`
  }
  if (layout.code !== undefined && isAtOrBelow(layout.code, folder)) {
    return 'it holds the code, which the application must not be able to change'
  }
  for (const { folder: inside, what } of layout.inside) {
    if (isAtOrBelow(inside, folder) || (what === served && isBelow(folder, inside))) return `it holds ${what}`
  }
  return undefined
}

export const served = 'files that anybody can download'

/** Why a virtual environment cannot be made there, or undefined. */
export const dangerOfVenv = (venv: string, code: string, root: string, own: readonly string[]): string | undefined => {
  const general = dangerOf(venv, own)
  if (general !== undefined) return general
  if (isAtOrBelow(root, venv)) return `root is ${root}, and what is made there would land in the virtual environment`
  if (isAtOrBelow(code, venv)) return 'it holds the code'
  const ours = ['releases', 'current', 'wsgi', 'data'].find((name) => isAtOrBelow(venv, `${root}/${name}`))
  return ours === undefined ? undefined : `${root}/${ours} is made and changed by every deployment`
}

/** Why code that is on the host cannot be used from there, or undefined. */
export const dangerOfCodePath = (code: string, root: string, own: readonly string[]): string | undefined => {
  const general = dangerOf(code, own)
  if (general !== undefined) return general
  if (isAtOrBelow(root, code)) {
    return `root is ${root}, and what is made there would land in the code: set root to a folder outside of it`
  }
  for (const name of [...Object.keys(oursBelowRoot), 'data']) {
    if (isAtOrBelow(code, `${root}/${name}`)) return `${root}/${name} is made and changed by every deployment`
  }
  return undefined
}
