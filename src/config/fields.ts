import { z } from 'zod'

const atMost = (max: number): string => `must have at most ${max} characters`

/**
 * The forms that values may have, by allow-list: each of them ends up in an Apache file, a path, an account name or a
 * command line, and Apache itself accepts far more than is safe (a newline in a ServerName is a new directive).
 */
export const matching = (pattern: RegExp, message: string, max = 255) =>
  z.string().max(max, atMost(max)).regex(pattern, message)

export const siteName = matching(
  /^[a-z][a-z0-9-]*[a-z0-9]$/,
  'must be lower-case letters, digits and hyphens, beginning with a letter: shop, my-notes',
  24,
).refine((name) => !['default-ssl', 'default'].includes(name), 'is the name of a site of Apache itself')

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'

export const serverName = matching(
  new RegExp(`^${label}(\\.${label})*$`),
  'must be a host name in lower case without scheme, port or wildcard: www.example.com; other scripts as xn--...',
  253,
).refine((name) => !/^[0-9.]+$/.test(name), 'must be a host name, not an address')

/** No brackets and no `host:22`: ssh would take both as a name, and look them up under that name in known_hosts. */
export const hostAddress = matching(
  /^([a-z_][a-z0-9_.-]*@)?[A-Za-z0-9:][A-Za-z0-9_.:%-]*$/,
  'must be a host name, an address (IPv6 without brackets), or an alias of ssh_config, like vagrant@192.0.2.7',
).refine((host) => !/^[^:]*:[^:]*$/.test(host), 'must not hold a port: write it as ssh.port')

/** As `ssh-keygen -l` shows it: 32 bytes, of which the last character of base64 holds four bits. */
export const keyFingerprint = matching(
  /^SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/,
  'must be a fingerprint as ssh-keygen -lf shows it: SHA256: and 43 characters',
)

export const loginName = matching(/^[a-z_][a-z0-9_.-]*$/, 'must be an account name', 32)

const account = (refused: readonly string[], why: string) =>
  matching(
    /^[a-z_][a-z0-9_-]*$/,
    'must be an account name, not a number: lower-case letters, digits, _ and -',
    32,
  ).refine((name) => !refused.includes(name), why)

export const accountName = account(['root'], 'must not be root: mod_wsgi refuses to run applications as root')

export const groupName = account(
  ['root', 'shadow', 'disk', 'sudo', 'docker', 'lxd', 'adm'],
  'would give the application rights over the whole host',
)

export const port = z.int().min(1).max(65_535)

const component = '[A-Za-z0-9_@+=][A-Za-z0-9._@+=-]{0,254}'

/** Absolute, without blanks or anything that a shell, Apache or mod_wsgi reads specially, and without `.` and `..`. */
export const hostPath = matching(
  new RegExp(`^(/${component})+$`),
  'must be an absolute path of plain characters, without blanks, "..", hidden folders or a slash at the end',
  512,
)

export const relativePath = matching(
  new RegExp(`^${component}(/${component})*$`),
  'must be a relative path of plain characters, without "..", blanks or a slash at the end',
  512,
)

export const sqlitePath = z.union([hostPath, relativePath], {
  error:
    'must be an absolute path on the host, or one relative to <root>/data, of plain characters ' +
    'without blanks, ".." or a slash at the end: notes.db, /srv/notes/data/notes.db',
})

/** A path on this computer may hold anything that a file name may, but nothing that disturbs a terminal or a log. */
export const localPath = z
  .string()
  .min(1)
  .max(4096, atMost(4096))
  .refine((path) => !/[\p{Cc}\p{Cs}]/u.test(path), 'must not hold control characters')

export const environmentName = matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable', 128)

const identifier = '[A-Za-z_][A-Za-z0-9_]*'

/** Of Python 3.6. */
const keywords = [
  ...['False', 'None', 'True', 'and', 'as', 'assert', 'break', 'class', 'continue', 'def', 'del', 'elif', 'else'],
  ...['except', 'finally', 'for', 'from', 'global', 'if', 'import', 'in', 'is', 'lambda', 'nonlocal', 'not', 'or'],
  ...['pass', 'raise', 'return', 'try', 'while', 'with', 'yield'],
]

export const wsgiObject = matching(
  new RegExp(`^${identifier}(\\.${identifier})*:${identifier}(\\(\\))?$`),
  'must be "module:object" or "module:factory()": notes:app, shop.web:create_app()',
).refine(
  (written) => !written.split(/[.:()]+/).some((name) => keywords.includes(name)),
  'holds a word that is part of the language Python: nothing can be imported under it',
)

export const settingName = matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of letters, digits and _', 128).refine(
  (name) => !/^(PATH|LD_.*|PYTHON.*|BASH_ENV|ENV|IFS|HTTPS?_PROXY)$/i.test(name),
  'would change the interpreter or the process itself, not the application',
)

/** An environment cannot hold NUL, and half of a surrogate pair has no UTF-8 form; everything else goes through. */
export const settingText = z
  .string()
  .refine((value) => !/[\0\p{Cs}]/u.test(value), 'must be valid text without NUL characters')

export const urlPath = matching(/^\/[A-Za-z0-9._~!$&()*+,;=:@%/?-]*$/, 'must be a URL path that begins with a slash')

/** A password in it would be readable in the process list of the host while pip runs. */
export const indexUrl = matching(
  /^https?:\/\/[A-Za-z0-9.:[\]@_-]+(\/[A-Za-z0-9._~!$&()*+,;=:@%/-]*)?$/,
  'must be an http or https URL: https://packages.example.com/simple',
).refine(
  (url) => !/^[^/]*\/\/[^/]*@/.test(url),
  'must not hold a user or password: put them into the pip.conf of the host',
)

const project = '[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?'
const version = '(===|==|~=|!=|<=|>=|<|>) *[A-Za-z0-9.*+!_-]+'

/** A plain requirement (PEP 508 without URLs): options such as --index-url belong into `pip`. */
export const requirement = matching(
  // every version needs its operator and every further one a comma: only so can a long line not match in many ways
  new RegExp(`^${project}( *\\[[A-Za-z0-9._, -]+\\])? *(${version}( *, *${version})*)? *(;[^\\p{C}$]+)?$`, 'u'),
  'must be a requirement such as Flask==2.0.3',
)

export const commandLine = matching(
  /^[A-Za-z0-9._@+=:,/-]+( [A-Za-z0-9._@+=:,/-]+)*$/,
  'must be a plain command such as "flask init-db"; write a list when an argument holds other characters',
)

/** One argument of a command, quoted by us: anything but what an argv cannot carry. */
export const argument = z
  .string()
  .min(1)
  .max(4096)
  .refine((value) => !/[\0\p{Cs}]/u.test(value), 'must be valid text without NUL characters')
