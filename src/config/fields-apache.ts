import { isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'
import { hostPath, matching, relativePath } from './fields.js'

/**
 * The forms of what only Apache reads. As in `fields`, by allow-list: Apache joins lines, expands ${NAME} and takes a
 * blank for the end of an argument, and says "Syntax OK" to almost all of it.
 */
const segment = '[A-Za-z0-9_~-][A-Za-z0-9._~-]*'

/** `/` or `/wiki`: where one application is mounted (mod_wsgi: WSGIScriptAlias). */
export const mount = matching(
  new RegExp(`^(/|(/${segment})+)$`),
  'must be "/" or a URL path that begins with a slash and does not end with one: /wiki; ' +
    'only a folder of scripts ("scripts") is mounted with a slash at both ends: /wsgi/',
)

/** `/wsgi/`: begins and ends with a slash; `/` itself is the whole site. */
export const folderUrl = matching(
  new RegExp(`^/(${segment}/)*$`),
  'must be a URL prefix that begins and ends with a slash: /wsgi/',
)

/** A folder (`/media/`) or a single file (`/favicon.ico`). */
export const staticUrl = matching(
  new RegExp(`^(/${segment})+/?$`),
  'must be a URL path: /media/ for a folder, /favicon.ico for a file',
)

/** Where a pattern leads: a path of the code or the host that may hold $1 to $9. */
export const patternTarget = matching(
  /^(\/|[A-Za-z0-9_])[A-Za-z0-9_@+=./$-]*$/,
  'must be a path of plain characters, in which $1 stands for the first group of the pattern: styles/$1',
).refine(
  (path) => !/(^|\/)\.|\.\.|\/\/|\/$|\$(?![1-9])/.test(path),
  'must not hold "..", hidden names, a slash at the end, or a $ that no digit follows',
)

/** In the code (relative) or on the host (absolute). */
export const codeOrHostPath = z.union([hostPath, relativePath], {
  error:
    'must be a path inside the code, or an absolute path on the host, of plain characters without blanks, quotes, "%", ".." ' +
    'or a slash at the end',
})

/** A name that mod_wsgi takes as it is: of a daemon process group or an application group. */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/

export const processGroupName = matching(
  plainName,
  'must be a name of letters, digits, ".", "_" and "-": www.example.com',
  64,
)

export const processGroup = matching(
  /^([A-Za-z0-9_][A-Za-z0-9._-]*|%\{GLOBAL\}|%\{ENV:[A-Za-z_][A-Za-z0-9_.]*\})$/,
  'must be the name of a process group of this site, %{ENV:VARIABLE}, or %{GLOBAL} for embedded mode',
  128,
)

export const applicationGroup = matching(
  /^([A-Za-z0-9_~][A-Za-z0-9._~-]*|%\{(GLOBAL|SERVER|RESOURCE|HOST)\}|%\{ENV:[A-Za-z_][A-Za-z0-9_.]*\})$/,
  'must be a name, %{GLOBAL}, %{SERVER}, %{HOST}, %{RESOURCE} or %{ENV:VARIABLE}',
  128,
)

export const callable = matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a Python object: application', 128)

export const extension = matching(
  /^\.[A-Za-z0-9_-]+$/,
  'must be a file name extension with its dot and nothing else: .wsgi',
  32,
)

export const fileName = matching(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, 'must be the name of a file, without a path', 128)

/** What a directive may hold as text, quoted by us: no line end (a new directive) and no ${...} (expanded by Apache). */
export const apacheText = z
  .string()
  .max(2000)
  .refine((value) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value), 'must be one line of text without control characters')
  .refine((value) => !value.includes('${'), 'must not hold "${": Apache would put something else in its place')

/** As `apacheText`, where Apache would also evaluate %{...}. */
export const plainText = apacheText.refine(
  (value) => !value.includes('%{'),
  'must not hold "%{": Apache would put something else in its place',
)

/** What mod_wsgi, Apache and the CGI specification set themselves: not for anybody else to say. */
const reserved =
  /^(HTTP_.*|HTTPS|wsgi\..*|mod_wsgi\..*|apache\..*|GATEWAY_INTERFACE|SERVER_.*|REQUEST_.*|REMOTE_.*|SCRIPT_.*|PATH_.*|PATH|QUERY_STRING|CONTENT_.*|DOCUMENT_ROOT|CONTEXT_.*|AUTH_TYPE|LD_.*|PYTHON.*|UNIQUE_ID)$/i

export const environName = matching(
  /^[A-Za-z_][A-Za-z0-9_.]*$/,
  'must be a name of letters, digits, "_" and ".": demo.templates',
  128,
).refine((name) => !reserved.test(name), 'is set by Apache or mod_wsgi itself')

/** In E=NAME:VALUE and NAME=VALUE, where commas, brackets, $ and % mean something. */
export const conditionalValue = matching(
  // SetEnvIf takes NAME= for NAME=1
  /^[A-Za-z0-9_./:@=+~-]+$/,
  'must be a plain value of letters, digits and _./:@=+~-, and not empty',
)

export const requestAttribute = matching(
  /^(Remote_Addr|Remote_Host|Server_Addr|Request_Method|Request_Protocol|Request_URI|[A-Z][a-z0-9]*(-[A-Za-z0-9]+)*)$/,
  'must be Remote_Addr, Remote_Host, Server_Addr, Request_Method, Request_Protocol, Request_URI, or a header such as User-Agent',
  64,
)

export const testString = matching(
  /^(%\{(HTTP:)?[A-Za-z_-]+\})+$/,
  'must be a variable of mod_rewrite: %{REMOTE_ADDR}, %{HTTPS}, %{HTTP:X-Debug}',
  128,
)

/** Any pattern of plain characters, sets and groups in which no group is repeated: nothing that takes exponential time. */
export const condition = matching(
  /^[A-Za-z0-9_.^$*+?|()[\]{}\\/:,=@~-]+$/,
  'must be a regular expression without blanks, quotes, "%", "#", "!" and "&"',
).superRefine((pattern, context) => {
  const says = (message: string) => context.addIssue({ code: 'custom', message })
  if (/\)[*+{]/.test(pattern)) return says('must not repeat a group: matching could take exponential time')
  if (/^[-=]|\$\{/.test(pattern)) return says('must not begin with "-" or "=", or hold "${"')
  try {
    new RegExp(pattern)
  } catch {
    says('is not a regular expression')
  }
})

export const mapName = matching(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of letters, digits and "_"', 64)

/** One word of a RewriteMap file: blanks end it, and # begins a comment. */
export const mapWord = matching(/^[A-Za-z0-9_.~/:@=+-]+$/, 'must be plain, without blanks: /wiki')

export const mapKey = matching(
  /^%\{[A-Za-z_]+\}$/,
  'must be a variable of mod_rewrite: %{REQUEST_URI}, %{HTTP_HOST}',
  64,
)

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
const partOfAddress = new RegExp(`^${octet}(\\.${octet}){0,3}$`)

/** Apache does not start with one that is none. */
const isNetwork = (text: string): boolean => {
  const [address = '', mask] = text.split('/')
  if (mask === undefined) return partOfAddress.test(address) || isIPv6(address)
  const bits = /^[0-9]{1,3}$/.test(mask) ? Number(mask) : undefined
  return isIPv4(address) ? isIPv4(mask) || (bits ?? 33) <= 32 : isIPv6(address) && (bits ?? 129) <= 128
}

export const networkAddress = matching(
  /^[0-9a-fA-F:.]+(\/[0-9.]+)?$/,
  'must be an address, a part of one or a network: 192.0.2.7, 10.1, 10.0.0.0/8, 2001:db8::/32',
  64,
).refine(isNetwork, 'is no address, part of one or network: 192.0.2.7, 10.1, 10.0.0.0/8, 2001:db8::/32')

/** An address to bind a virtual host to: `*`, IPv4, or IPv6 in brackets. */
export const bindAddress = matching(
  /^(\*|[0-9.]+|\[[0-9a-fA-F:.]+\])$/,
  'must be *, an IPv4 address, or an IPv6 address in brackets: 192.0.2.7, [2001:db8::7]',
  64,
).refine(
  (text) => text === '*' || isIPv4(text) || (text.startsWith('[') && isIPv6(text.slice(1, -1))),
  'is no address: write *, 192.0.2.7 or [2001:db8::7]',
)

export const headerName = matching(/^[A-Za-z][A-Za-z0-9-]*$/, 'must be the name of a header: Cache-Control', 64)

export const headerValue = matching(
  /^[A-Za-z0-9 ,;=/*._:'()+-]+$/,
  'must be plain text without quotes, "%" and "$"',
).refine((value) => !/^expr=/i.test(value), 'must not begin with "expr=": Apache would evaluate it')

export const httpUser = matching(/^[A-Za-z0-9_.@-]+$/, 'must be a login name of letters, digits and _.@-', 64)
