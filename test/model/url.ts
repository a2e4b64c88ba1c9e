/** What Apache makes of a URL path before any module sees it (httpd: core, AllowEncodedSlashes and MergeSlashes). */
export type Uri = { readonly uri: string } | { readonly status: 400 | 404 }

/** `/wiki/%61?q=1` -> `/wiki/a`, as characters of UTF-8. */
export const uriOf = (written: string): Uri => {
  const [path = ''] = written.split('?')
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return { status: 400 }
  // an encoded slash could hide a folder from the rules about folders
  if (/%2f|%00/i.test(path)) return { status: 404 }
  const text = Buffer.from(
    path.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')
  const uri = withoutDots(text)
  return uri === undefined ? { status: 400 } : { uri: uri.replace(/\/{2,}/g, '/') }
}

/** RFC 3986, 5.2.4; undefined where it would lead above the top. */
const withoutDots = (path: string): string | undefined => {
  const out: string[] = []
  const segments = path.split('/')
  for (const [index, segment] of segments.entries()) {
    const isDots = segment === '.' || segment === '..'
    if (segment === '..') out.pop()
    if (out.length === 0 && index > 0) return undefined
    if (!isDots) out.push(segment)
    else if (index === segments.length - 1) out.push('')
  }
  return out.join('/')
}

/** CGI (RFC 3875): SCRIPT_NAME and PATH_INFO together are the URL. */
export const scriptNameOf = (uri: string, pathInfo: string): string =>
  uri.endsWith(pathInfo) ? uri.slice(0, uri.length - pathInfo.length) : uri

/** Whether a URL prefix covers a URL: on the border of a segment, or right after the slash that the prefix ends with. */
export const covers = (prefix: string, uri: string): boolean =>
  prefix === '/' || uri === prefix || uri.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
