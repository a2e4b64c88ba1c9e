import type { Declared } from './declared.js'
import { Modules, namesIn } from './modules.js'
import { parsePython } from './python-parse.js'
import { everyPart, everyStatement, valuesIn, type Call } from './python-tree.js'
import { textOf } from './text.js'
import { Values } from './values.js'

/** setup.py is read, never run. */
export const declaredInSetup = (text: string): Declared | undefined => {
  const body = parsePython(text)?.body
  if (body === undefined) return undefined
  const module = { path: 'setup.py', body, remarks: [], names: namesIn(body) }
  const values = new Values(new Modules([module]))
  const scope = values.scopeOf(module)
  const setup = [...everyStatement(body)]
    .flatMap((statement) => valuesIn(statement).flatMap((value) => everyPart(value)))
    .find((node): node is Call => node.kind === 'call' && /(^|\.)setup$/.test(node.callee.text))
  const written = setup?.keywords.get('install_requires')
  const [definition] = written === undefined ? [] : values.definitions(written, scope)
  const list = definition?.binding.kind === 'value' ? definition.binding.value : written
  const requires = setup?.keywords.get('python_requires')
  const python = requires === undefined ? undefined : textOf(requires, scope, values)
  const items =
    list?.kind === 'list' ? list.items.map((item) => ({ item, text: textOf(item, scope, values) })) : undefined
  const requirements = items?.flatMap(({ text }) => text ?? [])
  // what only running it would tell
  const unread =
    items?.flatMap(({ item, text }) => (text === undefined ? [item.text] : [])) ??
    (written === undefined ? [] : [written.text])
  return {
    key: 'install_requires',
    ...(requirements === undefined ? {} : { requirements }),
    ...(unread.length === 0 ? {} : { unread }),
    ...(python === undefined ? {} : { python }),
  }
}

/** The section [options] of setup.cfg, whose values go on in lines that are indented. */
export const declaredInSetupCfg = (text: string): Declared | undefined => {
  const values = new Map<string, string[]>()
  let section = ''
  let current: string[] | undefined
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue
    const [, name] = /^\[([^\]]+)\]/.exec(line) ?? []
    const [, key, first = ''] = /^([A-Za-z_][\w-]*)\s*[=:]\s*(.*)$/.exec(line) ?? []
    if (name !== undefined) section = name
    else if (key !== undefined) values.set(`${section}.${key}`, (current = first === '' ? [] : [first]))
    else current?.push(line.trim())
  }
  const python = values.get('options.python_requires')?.[0]
  const requirements = values.get('options.install_requires')
  return {
    key: 'install_requires',
    ...(requirements === undefined ? {} : { requirements }),
    ...(python === undefined ? {} : { python }),
  }
}
