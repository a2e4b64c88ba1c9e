import { visible } from '../core/sanitise.js'
import { withoutSecrets } from '../core/without-secrets.js'
import { isNamed, type Written } from './apache-parse.js'
import type { HandDaemon, HandHost, HandMount, HandScope, Left } from './hand-made.js'

interface Reading {
  readonly path: string
  readonly variables: Map<string, string>
  serverName?: string
  readonly aliases: string[]
  readonly mounts: HandMount[]
  readonly daemons: HandDaemon[]
  readonly scopes: HandScope[]
  readonly files: { url: string; path: string; line: number }[]
  readonly settings: Map<string, unknown>
  readonly left: Left[]
}

const longest = 300

const leave = (reading: Reading, node: Written, why: string, protects = false): void => {
  const text = visible(withoutSecrets(node.text)).slice(0, longest)
  reading.left.push({ where: `${reading.path}:${node.line}`, text, why, protects })
}

/** `${NAME}`, where the same file defines it; what Ubuntu's envvars say is known, too. */
const expanded = (text: string, { variables }: Reading): string =>
  text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => variables.get(name) ?? whole)

const argsOf = (node: Written, reading: Reading): readonly string[] => node.args.map((arg) => expanded(arg, reading))

const withoutSlash = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path)

const pairs = (words: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    words.map((word): [string, string] => {
      const at = word.indexOf('=')
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1).replace(/^(["'])(.*)\1$/, '$2')]
    }),
  )

const takeMount = (node: Written, reading: Reading): void => {
  const [url = '', script = '', ...rest] = argsOf(node, reading)
  if (url.endsWith('/') && url !== '/') {
    leave(reading, node, 'a folder of scripts: write it as "scripts" in "applications"')
    return
  }
  const options = pairs(rest)
  const [processGroup, applicationGroup] = [options.get('process-group'), options.get('application-group')]
  reading.mounts.push({
    url,
    script,
    line: node.line,
    ...(processGroup === undefined ? {} : { processGroup }),
    ...(applicationGroup === undefined ? {} : { applicationGroup }),
  })
}

const takeFile = (node: Written, reading: Reading): void => {
  const [url = '', path = ''] = argsOf(node, reading)
  if (url.endsWith('/') !== path.endsWith('/')) {
    leave(reading, node, 'a slash at the end of one and not of the other: it leads elsewhere than it seems to')
    return
  }
  reading.files.push({ url: withoutSlash(url), path: withoutSlash(path), line: node.line })
}

const isSecretName = /secret|passw|token|key|dsn|credential/i

const takeVariable = (node: Written, reading: Reading): void => {
  const [name = '', value = ''] = argsOf(node, reading)
  if (isSecretName.test(name) || value === '') {
    leave(
      reading,
      node,
      'it may be a secret, which does not belong into a file that everybody can read: see "settings"',
    )
    return
  }
  const before = reading.settings.get('environ')
  reading.settings.set('environ', { ...(typeof before === 'object' ? before : {}), [name]: value })
}

const takeDocument = (node: Written, reading: Reading): void => {
  const [status = '', ...words] = argsOf(node, reading)
  const before = reading.settings.get('error-documents')
  reading.settings.set('error-documents', { ...(typeof before === 'object' ? before : {}), [status]: words.join(' ') })
}

const number = (node: Written, reading: Reading): number | undefined => {
  const [value = ''] = argsOf(node, reading)
  return /^\d{1,10}$/.test(value) ? Number(value) : undefined
}

const ownLog = 'the lines go to the logs of the server; without "profile" the site has logs of its own'

/** What holds for scripts wherever it stands. */
const ofScripts = [
  ...['wsgiprocessgroup', 'wsgiapplicationgroup', 'wsgipassauthorization', 'wsgichunkedrequest'],
  ...['wsgicallableobject'],
]

const open = (node: Written): boolean => {
  const said = node.args.join(' ').toLowerCase()
  switch (node.name.toLowerCase()) {
    case 'require':
      return said === 'all granted'
    case 'order':
      return true
    case 'allow':
      return said === 'from all'
    case 'satisfy':
      return true
    default:
      return false
  }
}

/** What keeps somebody out. */
const guards =
  /^(require|deny|allow|auth.*|satisfy|order|sslverifyclient|sslrequire|sslrequiressl|limitexcept|limit|requireall|requireany|requirenone)$/

/** Does nothing here that matters, or what is done anyway. */
const isNeedless = (node: Written): boolean => {
  const said = node.args.join(' ').toLowerCase()
  switch (node.name.toLowerCase()) {
    case 'allowoverride':
      return said === 'none'
    case 'wsgiscriptreloading':
      return said === 'on'
    case 'namevirtualhost':
    case 'serversignature':
      return true
    default:
      return false
  }
}

const others: Readonly<Record<string, (node: Written, reading: Reading) => void>> = {
  servername: (node, reading) => {
    const [name = ''] = argsOf(node, reading)
    reading.serverName = name
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/:\d+$/, '')
  },
  serveralias: (node, reading) => reading.aliases.push(...argsOf(node, reading).map((name) => name.toLowerCase())),
  wsgiscriptalias: takeMount,
  wsgiscriptaliasmatch: (node, reading) => leave(reading, node, 'a pattern: write it as "match" in "applications"'),
  alias: takeFile,
  aliasmatch: (node, reading) => leave(reading, node, 'a pattern: write it as "static-patterns"'),
  setenv: takeVariable,
  errordocument: takeDocument,
  loglevel: (node, reading) => reading.settings.set('log-level', argsOf(node, reading).join(' ')),
  limitrequestbody: (node, reading) => reading.settings.set('max-body', number(node, reading) ?? -1),
  documentroot: (node, reading) => {
    const isReached = !reading.mounts.some(({ url }) => url === '/')
    leave(
      reading,
      node,
      isReached ? 'its files are not served any more: see "static"' : 'the application at / answers everything',
    )
  },
  errorlog: (node, reading) => {
    if (argsOf(node, reading)[0] !== '/var/log/apache2/error.log') leave(reading, node, ownLog)
  },
  customlog: (node, reading) => leave(reading, node, ownLog),
}

const takeDaemon = (node: Written, reading: Reading, scope: HandDaemon['scope']): void => {
  const [name = '', ...words] = argsOf(node, reading)
  reading.daemons.push({ name, options: pairs(words), scope, line: node.line })
}

/** Whether a condition holds where this tool is used; undefined: nobody can say that here. */
const holds = ({ name, args }: Written): boolean | undefined => {
  const [first = '', second = ''] = args
  if (name.toLowerCase() === 'ifmodule') {
    const isUsual =
      /^!?(mod_)?(wsgi|alias|authz_core|authz_host|dir|mime|env|setenvif|version|so|log_config)(\.c|_module)?$/
    return isUsual.test(first) ? !first.startsWith('!') : undefined
  }
  if (name.toLowerCase() !== 'ifversion') return undefined
  const [operator, version] = second === '' ? ['=', first] : [first, second]
  const minor = /^2\.(\d+)$/.exec(version)?.[1]
  if (minor === undefined) return undefined
  const against = Number(minor)
  switch (operator) {
    case '<':
      return 4 < against
    case '<=':
      return 4 < against
    case '>':
      return 4 >= against
    case '>=':
      return 4 >= against
    default:
      return undefined
  }
}

const takeScope = (node: Written, around: { folder?: string; url?: string }, reading: Reading): void => {
  const said = new Map<string, readonly string[]>()
  for (const inner of node.inside ?? []) takeInside(inner, around, said, reading)
  reading.scopes.push({ ...around, said, line: node.line })
}

const takeInside = (
  inner: Written,
  around: { folder?: string; url?: string },
  said: Map<string, readonly string[]>,
  reading: Reading,
): void => {
  const name = inner.name.toLowerCase()
  if (ofScripts.includes(name)) said.set(name, argsOf(inner, reading))
  else if (open(inner) || isNeedless(inner)) return
  else if (inner.inside !== undefined && ['ifmodule', 'ifversion'].includes(name)) {
    const isSo = holds(inner)
    if (isSo === undefined) leave(reading, inner, 'whether it holds is not known here', protectsInside(inner))
    else if (isSo) for (const one of inner.inside) takeInside(one, around, said, reading)
  } else if (inner.inside !== undefined && name === 'files') {
    for (const one of inner.inside) takeInside(one, around, said, reading)
  } else if (guards.test(name)) {
    leave(reading, inner, 'it keeps people out: write it as "access", with "authentication"', true)
  } else if (name === 'options') {
    const isPlain = inner.args.every((arg) =>
      /^[+-]?(followsymlinks|symlinksifownermatch|execcgi|none|-indexes)$/i.test(arg),
    )
    if (!isPlain) leave(reading, inner, 'lists of files and the like are not shown for this site')
  } else leave(reading, inner, 'no setting says it', inner.inside !== undefined && protectsInside(inner))
}

const protectsInside = (node: Written): boolean =>
  (node.inside ?? []).some((inner) => (guards.test(inner.name.toLowerCase()) && !open(inner)) || protectsInside(inner))

const take = (node: Written, reading: Reading): void => {
  const name = node.name.toLowerCase()
  const inside = node.inside ?? []
  const taken = others[name]
  if (taken !== undefined) taken(node, reading)
  else if (name === 'wsgidaemonprocess') takeDaemon(node, reading, 'virtual-host')
  else if (ofScripts.includes(name)) {
    reading.scopes.push({ said: new Map([[name, argsOf(node, reading)]]), line: node.line })
  } else if (name === 'directory') {
    takeScope(node, { folder: withoutSlash(argsOf(node, reading)[0] ?? '') }, reading)
  } else if (name === 'location') takeScope(node, { url: argsOf(node, reading)[0] ?? '' }, reading)
  else if (['ifmodule', 'ifversion'].includes(name)) {
    const isSo = holds(node)
    if (isSo === undefined) leave(reading, node, 'whether it holds is not known here', protectsInside(node))
    else if (isSo) for (const one of inside) take(one, reading)
  } else if (name === 'define') takeDefine(node, reading)
  else if (open(node) || isNeedless(node)) return
  else if (guards.test(name)) leave(reading, node, 'it keeps people out: write it as "access"', true)
  else leave(reading, node, 'no setting says it', protectsInside(node))
}

const takeDefine = ({ args: [name = '', value = ''] }: Written, reading: Reading): void => {
  reading.variables.set(name, expanded(value, reading))
}

/** What stands above the virtual host, in the same file. */
const takeOfServer = (node: Written, reading: Reading): void => {
  const [first = ''] = argsOf(node, reading)
  switch (node.name.toLowerCase()) {
    case 'wsgidaemonprocess':
      takeDaemon(node, reading, 'server')
      return
    case 'define':
      takeDefine(node, reading)
      return
    case 'servertokens':
      reading.settings.set('server-tokens', first)
      return
    case 'wsgirestrictembedded':
      reading.settings.set('restrict-embedded', first.toLowerCase() === 'on')
      return
    case 'listen':
    case 'namevirtualhost':
      return
    case 'ifmodule':
    case 'ifversion':
      if (holds(node) === true) for (const inner of node.inside ?? []) takeOfServer(inner, reading)
      else leave(reading, node, 'whether it holds is not known here', protectsInside(node))
      return
    default:
      leave(reading, node, 'it is about the whole server: move it to a file of its own', protectsInside(node))
  }
}

const addressOf = (bound: string): { readonly address: string; readonly port: number } => {
  const [, address = bound, port] = /^(.*?)(?::(\d{1,5}|\*))?$/.exec(bound) ?? []
  return {
    address: ['', '*', '_default_'].includes(address.toLowerCase()) ? '*' : address,
    port: port === undefined || port === '*' ? 80 : Number(port),
  }
}

/**
 * What a virtual host says, as far as it could be a site of this tool.
 *
 * @param path of its file
 * @param nodes all directives of the file
 * @param host the one virtual host in it
 */
export const readHost = (path: string, nodes: readonly Written[], host: Written): HandHost => {
  const reading: Reading = {
    path,
    variables: new Map([['APACHE_LOG_DIR', '/var/log/apache2']]),
    aliases: [],
    mounts: [],
    daemons: [],
    scopes: [],
    files: [],
    settings: new Map(),
    left: [],
  }
  for (const node of nodes) if (node !== host) takeOfServer(node, reading)
  const inside = host.inside ?? []
  // what a mount makes needless is known when all of them are
  for (const node of inside) if (isNamed(node, 'wsgiscriptalias', 'define')) take(node, reading)
  for (const node of inside) if (!isNamed(node, 'wsgiscriptalias', 'define')) take(node, reading)
  const bound = host.args.map((arg) => addressOf(expanded(arg, reading)))
  const { variables: _, path: __, serverName, ...rest } = reading
  return {
    ...rest,
    serverName,
    addresses: [...new Set(bound.map(({ address }) => address))],
    port: bound[0]?.port ?? 80,
  }
}
