import type { Written } from './apache-parse.js'
import { argsOf, leave, pairs, withoutSlash, type Reading } from './reading.js'

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

/** `warn wsgi:info` */
const takeLevel = (node: Written, reading: Reading): void => {
  const words = argsOf(node, reading).map((word) => word.toLowerCase())
  const [only = '', ...more] = words
  const levels = words.map((word) => (word.includes(':') ? word.split(':', 2) : ['default', word]))
  reading.settings.set('log-level', more.length === 0 && !only.includes(':') ? only : Object.fromEntries(levels))
}

/** Directives of a virtual host that have a meaning of their own here. */
export const directives: Readonly<Record<string, (node: Written, reading: Reading) => void>> = {
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
  loglevel: takeLevel,
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
