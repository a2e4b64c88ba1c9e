import { basename, extname } from 'node:path'

/** The forms of inventories that are read, as they are written in front of a path where it is not seen rightly. */
export const formats = ['deploy-flask', 'ansible-ini', 'ansible-yaml', 'ansible-list', 'ssh_config'] as const

export type Format = (typeof formats)[number]

export interface Named {
  readonly path: string
  /** Undefined where its name and text are to say it. */
  readonly format: Format | undefined
}

/** `ssh_config:~/.ssh/config` -> the path, and what its form is said to be. */
export const namedFormat = (written: string): Named => {
  const format = formats.find((one) => written.startsWith(`${one}:`))
  return format === undefined ? { path: written, format } : { path: written.slice(format.length + 1), format }
}

/** The same form, at another path. */
export const withPath = (written: string, change: (path: string) => string): string => {
  const { path, format } = namedFormat(written)
  return format === undefined ? change(path) : `${format}:${change(path)}`
}

/** What can be seen of a file without taking it apart. `yaml` may be ours or Ansible's, `json` these and the list. */
export type Seen = 'ansible-ini' | 'ssh_config' | 'yaml' | 'json'

const meaningful = (text: string): readonly string[] =>
  text
    .slice(0, 100_000)
    .split(/\r?\n/)
    .filter((line) => !/^\s*([#;]|$)/.test(line))

export const seenFormat = (path: string, text: string): Seen => {
  const extension = extname(path).toLowerCase()
  if (/^\s*\{/.test(text)) return 'json'
  if (['.yml', '.yaml', '.json'].includes(extension)) return 'yaml'
  const lines = meaningful(text)
  if (lines.some((line) => /^\s*(Host|Match)[ \t]+\S/i.test(line)) || basename(path) === 'ssh_config')
    return 'ssh_config'
  if (extension === '.ini' || extension === '.cfg') return 'ansible-ini'
  return /^(---|%YAML|[A-Za-z0-9_.-]+:(\s|$))/.test(lines[0] ?? '') ? 'yaml' : 'ansible-ini'
}
