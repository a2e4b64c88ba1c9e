import { posix } from 'node:path'
import { everyWritten, isNamed, NotApache, parseApache, type Written } from './apache-parse.js'

/** A file that Apache reads as one of its sites, as the host told it. */
export interface SiteFile {
  /** Where it is enabled. */
  readonly enabled: string
  /** What the link leads to: the file itself where it is none. */
  readonly path: string
  readonly text: string
  readonly sha256: string
}

/** A file in which applications are served by mod_wsgi, and that somebody has made by hand. */
export interface HandMade extends SiteFile {
  /** Of the file, without `.conf`: what a2ensite calls it. */
  readonly name: string
  readonly nodes: readonly Written[]
  readonly names: readonly string[]
}

const serves = (node: Written): boolean =>
  isNamed(node, 'wsgiscriptalias', 'wsgiscriptaliasmatch') ||
  (isNamed(node, 'sethandler', 'addhandler') && node.args[0]?.toLowerCase() === 'wsgi-script')

/** Comments do not count: an example of the distribution may hold all of it. */
const mayServe = (text: string): boolean => /^[ \t]*(WSGIScriptAlias|(Set|Add)Handler[ \t]+"?wsgi-script)/im.test(text)

const namesIn = (nodes: readonly Written[]): readonly string[] => [
  ...new Set([...everyWritten(nodes)].flatMap((node) => (isNamed(node, 'servername', 'serveralias') ? node.args : []))),
]

/** What cannot be read, and why. */
export interface Unread {
  readonly path: string
  readonly why: string
}

export interface Found {
  readonly sites: readonly HandMade[]
  /** Names of sites that are this tool's already. */
  readonly ours: readonly string[]
  readonly unread: readonly Unread[]
}

/** Which of the enabled files are sites of mod_wsgi. */
export const handMadeSites = (files: readonly SiteFile[]): Found => {
  const found = { sites: [] as HandMade[], ours: [] as string[], unread: [] as Unread[] }
  for (const file of files) {
    const name = posix.basename(file.enabled).replace(/\.conf$/, '')
    if (file.text.startsWith('# Managed by deploy-flask ')) found.ours.push(name)
    else if (mayServe(file.text)) {
      try {
        const nodes = parseApache(file.text)
        if ([...everyWritten(nodes)].some(serves)) found.sites.push({ ...file, name, nodes, names: namesIn(nodes) })
      } catch (error) {
        if (!(error instanceof NotApache)) throw error
        found.unread.push({ path: `${file.path}:${error.line}`, why: error.why })
      }
    }
  }
  return found
}

/** By the name of its file, or by a name that it answers to. */
export const siteCalled = (sites: readonly HandMade[], wanted: string): readonly HandMade[] => {
  const plain = wanted.replace(/\.conf$/, '')
  const byFile = sites.filter(({ name }) => name === plain)
  return byFile.length > 0 ? byFile : sites.filter(({ names }) => names.some((name) => name.toLowerCase() === wanted))
}
