import { isIPv6 } from 'node:net'
import type { Whereabouts } from '../config/given.js'
import type { Position } from '../config/mistake.js'
import { AnsibleVariables } from './ansible-variables.js'
import { everyHost, type Gathering, type Mention } from './gathering.js'
import { groupName, hostsWritten, mistakeIn } from './names.js'
import { wordsOf, type Word } from './words.js'

/** What lines mean until the next section begins. */
interface Section {
  readonly group: string | undefined
  readonly kind: 'hosts' | 'children' | 'vars'
}

/** The INI of Ansible, which no library for INI reads: words in quotes, ranges, a host and its variables on one line. */
export const readAnsibleIni = (text: string, home: Whereabouts, into: Gathering): void => {
  const variables = new AnsibleVariables(into, home, true)
  const declared = new Set([everyHost, 'ungrouped'])
  const withVariables: Mention[] = []
  let section: Section = { group: undefined, kind: 'hosts' }
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const trimmed = line.trim()
    if (trimmed === '' || /^[#;]/.test(trimmed)) continue
    const at = { line: index + 1, column: line.length - line.trimStart().length + 1 }
    // a range may begin a line, too, but does not end it
    if (/^\[[^\]]*\]\s*(#.*)?$/.test(trimmed)) {
      section = readSection(trimmed, at, into) ?? { group: undefined, kind: 'children' }
      const { group, kind } = section
      if (group === undefined) continue
      if (kind === 'vars') withVariables.push({ name: group, at })
      else declared.add(group)
    } else if (section.kind === 'vars') readVariable(line, at, section.group, variables, into)
    else if (section.kind === 'children') {
      if (section.group === undefined) continue
      const [word] = wordsOf(line) ?? []
      const name = word?.text ?? trimmed
      into.group(section.group, at).children.push({ name, at })
    } else readHost(line, at, section.group, variables, into)
  }
  for (const { name, at } of withVariables) {
    if (!declared.has(name)) into.mistake(at, [name], `has variables, but there is no section [${name}]`)
  }
  variables.tellUnused()
}

const readSection = (text: string, at: Position, into: Gathering): Section | undefined => {
  const [, name = '', kind = 'hosts'] = /^\[\s*([^:\]\s]+)\s*(?::\s*([A-Za-z]+)\s*)?\]/.exec(text) ?? []
  const mistake = name === 'ungrouped' ? undefined : mistakeIn(groupName, name)
  if (mistake !== undefined) {
    into.mistake(at, [name], mistake)
    return undefined
  }
  if (kind !== 'hosts' && kind !== 'children' && kind !== 'vars') {
    into.mistake(at, [name], `must be [${name}], [${name}:children] or [${name}:vars]`)
    return undefined
  }
  if (name === 'ungrouped' && kind === 'hosts') return { group: undefined, kind }
  if (name === 'ungrouped') {
    into.mistake(at, [name], 'is not a group: write variables of all hosts in [all:vars], others beside the host')
    return undefined
  }
  if (kind !== 'vars') into.group(name, at)
  return { group: name, kind }
}

/** `web1:22`, `[2001:db8::1]:22`; other colons belong to a range or to an address. */
const withoutPort = (text: string): readonly [pattern: string, port?: string] => {
  const [, address = '', ofAddress] = /^\[([0-9A-Fa-f:.%]+)\](?::([0-9]{1,5}))?$/.exec(text) ?? []
  if (isIPv6(address)) return ofAddress === undefined ? [address] : [address, ofAddress]
  const [, name, port] = /^((?:[^:[\]]|\[[^[\]]*\])+):([0-9]{1,5})$/.exec(text) ?? []
  return name === undefined || port === undefined ? [text] : [name, port]
}

const readHost = (
  line: string,
  at: Position,
  group: string | undefined,
  variables: AnsibleVariables,
  into: Gathering,
): void => {
  const [first, ...rest] = wordsOf(line) ?? []
  if (first === undefined) return into.mistake(at, [], 'a quote is not closed')
  const [pattern, port] = withoutPort(first.text)
  const words: readonly Word[] =
    port === undefined ? rest : [{ text: `ansible_port=${port}`, column: first.column }, ...rest]
  const assigned = words.flatMap((word) => {
    const place = { line: at.line, column: word.column }
    const border = word.text.indexOf('=')
    if (border > 0) return [{ name: word.text.slice(0, border), value: word.text.slice(border + 1), at: place }]
    into.mistake(place, [pattern], 'must be NAME=VALUE: what stands behind a host is its variables')
    return []
  })
  const owner = { name: pattern, said: [] }
  variables.read(assigned, owner)
  for (const { name } of hostsWritten(pattern, at, into)) {
    const host = into.host(name, at)
    if (group !== undefined && group !== everyHost) host.groups.push(into.group(group, at).name)
    host.said.push(...owner.said)
  }
}

const readVariable = (
  line: string,
  at: Position,
  group: string | undefined,
  variables: AnsibleVariables,
  into: Gathering,
): void => {
  const border = line.indexOf('=')
  if (border === -1) return into.mistake(at, group === undefined ? [] : [group], 'must be NAME=VALUE')
  const [name, text] = [line.slice(0, border).trim(), line.slice(border + 1).trim()]
  const [, , value = text] = /^(["'])([^"'\\]*)\1$/.exec(text) ?? []
  variables.read([{ name, value, at }], into.group(group ?? everyHost, at))
}
