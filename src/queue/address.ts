import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DeployError } from '../errors.js'

/** Where a Redis is, and how to log in there. */
export interface QueueAddress {
  readonly way: { readonly host: string; readonly port: number } | { readonly path: string }
  readonly tls: boolean
  /** Number of the database. */
  readonly database: number
  readonly username: string | undefined
  readonly password: string | undefined
  /** As it may be shown: without the password. */
  readonly shown: string
}

/** What the words of a command line refer to. */
export interface Around {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

const ways =
  'write redis://HOST:PORT/DATABASE, rediss://... for TLS, or unix:///PATH?db=DATABASE;\n' +
  'with a password: env:NAME or file:PATH, where the variable or the file holds that URL'

const refused = (what: string, remedy = ways): DeployError =>
  new DeployError('USAGE', { what, where: '--queue', remedy })

/**
 * Where `--queue` leads: a URL, or a reference to one. Everybody on this computer can read a command line, so that a
 * password in it is refused.
 */
export const queueAddress = (text: string, around: Around): QueueAddress => {
  const [, kind, reference = ''] = /^(env|file):(.*)$/s.exec(text) ?? []
  if (kind === 'env') return addressIn(fromVariable(reference, around), `the variable ${reference}`)
  if (kind === 'file') return addressIn(fromFile(reference, around), `the file ${reference}`)
  const address = addressIn(text, '--queue')
  if (address.password === undefined) return address
  throw refused(
    'the URL holds a password, and everybody on this computer can read a command line',
    'put the whole URL into a variable or a file, and name that: --queue env:NAME, or --queue file:PATH',
  )
}

const fromVariable = (name: string, { env }: Around): string => {
  const text = env[name]
  if (text !== undefined && text !== '') return text
  throw refused(`the environment variable ${name} is not set`, `set it: it holds the URL of the Redis\n${ways}`)
}

const fromFile = (path: string, { cwd }: Around): string => {
  try {
    return readFileSync(resolve(cwd, path), 'utf8').trim()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw refused(`the file ${path} cannot be read (${code})`, 'make it readable for yourself')
  }
}

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)

/** `place` names where the URL stands. The URL itself is not shown: it may hold a password. */
const addressIn = (text: string, place: string): QueueAddress => {
  const url = urlOf(text)
  if (url === undefined || !['redis:', 'rediss:', 'unix:'].includes(url.protocol)) {
    throw refused(`${place} holds no URL of a Redis`)
  }
  const isSocket = url.protocol === 'unix:'
  const database = (isSocket ? url.searchParams.get('db') : url.pathname.slice(1)) || '0'
  if (!/^\d{1,4}$/.test(database)) throw refused(`${place}: the database must be a number`)
  if (isSocket ? url.pathname.length < 2 : url.hostname === '') throw refused(`${place} names no host`)
  const port = url.port === '' ? 6379 : Number(url.port)
  const name = isSocket ? decodeURIComponent(url.pathname) : `${url.hostname}:${port}`
  return {
    way: isSocket ? { path: name } : { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port },
    tls: url.protocol === 'rediss:',
    database: Number(database),
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    shown: `${url.protocol}//${name}${database === '0' ? '' : ` (database ${database})`}`,
  }
}
