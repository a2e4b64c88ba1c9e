import { isNamed, type Written } from './apache-parse.js'
import { holds } from './conditions.js'
import { directives } from './directives.js'
import type { HandDaemon, HandHost } from './hand-made.js'
import { argsOf, expanded, leave, pairs, withoutSlash, type Reading } from './reading.js'
import { guardsInside, isClosed, isGuard, isNeedless, isOpen, ofScripts } from './rights.js'

const takeDaemon = (node: Written, reading: Reading, scope: HandDaemon['scope']): void => {
  const [name = '', ...words] = argsOf(node, reading)
  reading.daemons.push({ name, options: pairs(words), scope, line: node.line })
}

interface Place {
  readonly folder?: string
  readonly url?: string
}

const takeScope = (node: Written, place: Place, reading: Reading): void => {
  const said = new Map<string, readonly string[]>()
  const inside = node.inside ?? []
  for (const inner of inside) takeInside(inner, place, said, reading)
  if (isClosed(inside)) leave(reading, node, keepsOut, true)
  reading.scopes.push({ ...place, said, line: node.line })
}

const keepsOut = 'it keeps people out, or may: write that as "access" and "authentication"'

/** Files in the folder itself may say anything, as far as this line lets them. */
const takeOverride = (node: Written, { folder }: Place, reading: Reading): void => {
  const why = 'files named .htaccess are not read any more'
  if (folder === undefined) leave(reading, node, why)
  else leave(reading, node, why, `${folder}/.htaccess`)
}

const isPlainOption = /^[+-]?(followsymlinks|symlinksifownermatch|execcgi|none|-indexes)$/i

const takeInside = (inner: Written, place: Place, said: Map<string, readonly string[]>, reading: Reading): void => {
  const name = inner.name.toLowerCase()
  const each = (nodes: readonly Written[]): void => {
    for (const one of nodes) takeInside(one, place, said, reading)
  }
  if (ofScripts.includes(name)) said.set(name, argsOf(inner, reading))
  else if (isOpen(inner) || isNeedless(inner)) return
  else if (isCondition(inner)) takeCondition(inner, reading, each)
  else if (inner.inside !== undefined && name === 'files' && !isClosed(inner.inside)) each(inner.inside)
  else if (isGuard(inner)) leave(reading, inner, keepsOut, true)
  else if (name === 'allowoverride') takeOverride(inner, place, reading)
  else if (name !== 'options') leave(reading, inner, 'no setting says it', guardsInside(inner))
  else if (!inner.args.every((arg) => isPlainOption.test(arg))) {
    leave(reading, inner, 'lists of files and the like are not shown for this site')
  }
}

const isCondition = (node: Written): boolean => isNamed(node, 'ifmodule', 'ifversion')

const takeCondition = (node: Written, reading: Reading, each: (nodes: readonly Written[]) => void): void => {
  const isSo = holds(node)
  if (isSo === undefined) leave(reading, node, 'whether it holds is not known here', guardsInside(node))
  else if (isSo) each(node.inside ?? [])
}

const take = (node: Written, reading: Reading): void => {
  const name = node.name.toLowerCase()
  if (Object.hasOwn(directives, name)) directives[name]?.(node, reading)
  else if (name === 'wsgidaemonprocess') takeDaemon(node, reading, 'virtual-host')
  else if (ofScripts.includes(name)) {
    reading.scopes.push({ said: new Map([[name, argsOf(node, reading)]]), line: node.line })
  } else if (name === 'directory') {
    takeScope(node, { folder: withoutSlash(argsOf(node, reading)[0] ?? '') }, reading)
  } else if (name === 'location') takeScope(node, { url: argsOf(node, reading)[0] ?? '' }, reading)
  else if (isCondition(node)) {
    takeCondition(node, reading, (nodes) => {
      for (const one of nodes) take(one, reading)
    })
  } else if (name === 'define') takeDefine(node, reading)
  else if (isOpen(node) || isNeedless(node)) return
  else if (isGuard(node)) leave(reading, node, keepsOut, true)
  else leave(reading, node, 'no setting says it', guardsInside(node))
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
      takeCondition(node, reading, (nodes) => {
        for (const one of nodes) takeOfServer(one, reading)
      })
      return
    default:
      leave(
        reading,
        node,
        'it is about the whole server: move it to a file of its own',
        isGuard(node) || guardsInside(node),
      )
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
  const { serverName, aliases, mounts, daemons, scopes, files, settings, left } = reading
  return {
    ...{ serverName, aliases, mounts, daemons, scopes, files, settings, left },
    addresses: [...new Set(bound.map(({ address }) => address))],
    port: bound[0]?.port ?? 80,
  }
}
