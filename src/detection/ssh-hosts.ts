import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { hostAddress } from '../config/fields.js'
import type { Finding } from './project.js'
import { foundAt, quoted } from './quote.js'

const mostBytes = 1_000_000
/** As ssh itself. */
const deepest = 16
const mostFiles = 200

interface Block {
  readonly names: readonly string[]
  readonly at: Finding<undefined>
  user?: string
  hostName?: string
}

/**
 * The hosts that ssh_config has names for: neither patterns, nor the accounts that Git servers are reached with. What
 * holds for a host only ssh knows, which is asked when one is chosen.
 */
export const sshHosts = async (configFile = '~/.ssh/config'): Promise<readonly Finding<string>[]> => {
  const blocks: Block[] = []
  await readConfig(expanded(configFile), { blocks, left: mostFiles }, 0)
  const found = new Map<string, Finding<string>>()
  for (const { names, at, user, hostName } of blocks) {
    if (user === 'git') continue
    for (const name of names) {
      if (found.has(name) || /[*?!]/.test(name) || !hostAddress.safeParse(name).success) continue
      found.set(name, {
        ...at,
        value: name,
        ...(hostName === undefined ? {} : { because: quoted(`HostName ${hostName}`) }),
      })
    }
  }
  return [...found.values()]
}

interface Reading {
  readonly blocks: Block[]
  left: number
}

/** The account's home and not $HOME, as for ssh. */
const home = (): string => userInfo().homedir

/** `~/` is the home of the account, as for ssh. */
export const expanded = (path: string): string => (path.startsWith('~/') ? join(home(), path.slice(2)) : resolve(path))

/** As the person would write it. */
export const shown = (file: string): string => (file.startsWith(`${home()}/`) ? `~${file.slice(home().length)}` : file)

const readConfig = async (file: string, reading: Reading, depth: number): Promise<void> => {
  if (depth > deepest || reading.left-- <= 0) return
  const text = await textOf(file)
  // what stands before the first Host, and below Host *, holds for all
  let isForAll = true
  let block: Block | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, keyword = '', rest = ''] = /^\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*)$/.exec(line) ?? []
    const words = wordsOf(rest)
    switch (keyword.toLowerCase()) {
      case 'host':
        isForAll = words.length === 1 && words[0] === '*'
        block = { names: words, at: foundAt(undefined, shown(file), { line: index + 1, text: line }) }
        reading.blocks.push(block)
        break
      case 'match':
        isForAll = words.length === 1 && words[0]?.toLowerCase() === 'all'
        block = undefined
        break
      case 'user':
        if (block !== undefined) block.user ??= words[0] ?? ''
        break
      case 'hostname':
        if (block !== undefined) block.hostName ??= words[0] ?? ''
        break
      case 'include':
        // inside a block it counts for some hosts only
        for (const pattern of isForAll ? words : []) {
          for (const included of await matching(pattern)) await readConfig(included, reading, depth + 1)
        }
    }
  }
}

/** Words between blanks, or in double quotes; `#` begins a comment. */
const wordsOf = (text: string): readonly string[] => {
  const words: string[] = []
  for (const [, inQuotes, plain] of text.matchAll(/"([^"]*)"|(\S+)/g)) {
    if (plain?.startsWith('#') === true) break
    words.push(inQuotes ?? plain ?? '')
  }
  return words
}

/** The files that a pattern of Include names, in their order; a relative one begins in ~/.ssh. */
const matching = async (pattern: string): Promise<readonly string[]> => {
  const path = pattern.startsWith('~/') ? expanded(pattern) : pattern
  const whole = isAbsolute(path) ? path : join(home(), '.ssh', path)
  let folders: readonly string[] = ['/']
  for (const part of whole.split('/').filter((one) => one !== '')) {
    const next: string[] = []
    for (const folder of folders.slice(0, mostFiles)) {
      if (!/[*?]/.test(part)) next.push(join(folder, part))
      else next.push(...(await namesIn(folder)).filter((name) => fits(name, part)).map((name) => join(folder, name)))
    }
    folders = next
  }
  return folders
}

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).sort()
  } catch {
    return []
  }
}

/** `*` and `?`, of which neither stands for a dot at the beginning. */
const fits = (name: string, pattern: string): boolean => {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  const parts = [...pattern].map((one) =>
    one === '*' ? '.*' : one === '?' ? '.' : one.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
  )
  return new RegExp(`^${parts.join('').replace(/(\.\*)+/g, '.*')}$`, 's').test(name)
}

/** Empty where there is no such file, or it cannot be read. */
const textOf = async (file: string): Promise<string> => {
  try {
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stat = await handle.stat()
      return stat.isFile() && stat.size <= mostBytes ? await handle.readFile('utf8') : ''
    } finally {
      await handle.close()
    }
  } catch {
    return ''
  }
}
