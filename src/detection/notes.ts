import { kindOf } from './applications.js'
import type { Context } from './context.js'
import type { Module } from './modules.js'
import type { Finding } from './project.js'
import { everyPart, everyStatement, mainBlocks, scopeStatements, valuesIn } from './python-tree.js'
import type { Call, Expression, Statement } from './python-tree.js'
import { lineWith, noteAt } from './quote.js'
import type { Values } from './values.js'

/** What in the code will not work under mod_wsgi. */
export const codeNotes = ({ modules, values }: Context, hasInit: boolean): readonly Finding<string>[] => [
  ...few(modules.flatMap(languageNotes)),
  ...modules.flatMap((module) => runNotes(module, values)),
  ...(hasInit ? [] : modules.flatMap(createNotes)),
]

const most = 5

/** A hundred files of Python 2 are one thing to know. */
const few = (notes: readonly Finding<string>[]): readonly Finding<string>[] => {
  const [next] = notes.slice(most)
  const rest = notes.length - most
  return next === undefined
    ? notes
    : [...notes.slice(0, most), { ...next, value: `${next.value}; ${rest} files are like this` }]
}

const languageNotes = ({ path, remarks }: Module): readonly Finding<string>[] => {
  const old = remarks.find(({ kind }) => kind === 'python 2')
  const bad = remarks.find(({ kind }) => kind === 'not python')
  if (old !== undefined) return [noteAt('Python 2, which the host cannot run', path, old)]
  return bad === undefined ? [] : [noteAt('not understood as Python from here on', path, bad)]
}

const callsIn = (statement: Statement): readonly Call[] =>
  valuesIn(statement).flatMap((value) => everyPart(value).filter((node): node is Call => node.kind === 'call'))

const method = ({ callee }: Call): { readonly of: Expression; readonly name: string } | undefined =>
  callee.kind === 'attribute' ? callee : undefined

/** A server of its own would be started, and the import would never end. */
const runNotes = (module: Module, values: Values): readonly Finding<string>[] => {
  const scope = values.scopeOf(module)
  const isServer = (node: Expression): boolean => {
    const value = values.of(node, scope)
    return kindOf(value) === 'flask' || (value?.kind === 'external' && value.name === 'flask_socketio.SocketIO()')
  }
  return [...scopeStatements(module.body)].flatMap((statement) =>
    callsIn(statement)
      .filter((call) => method(call)?.name === 'run' && isServer(method(call)?.of ?? call))
      .map((call) => {
        const text = "it would start a server of its own when it is imported: put it below if __name__ == '__main__'"
        return noteAt(text, module.path, lineWith(call, statement))
      }),
  )
}

/** Tables that are only made when the file is started by hand. */
const createNotes = ({ path, body }: Module): readonly Finding<string>[] =>
  mainBlocks(body).flatMap((block) =>
    [...everyStatement(block.body)].flatMap((statement) =>
      callsIn(statement)
        .filter((call) => /^(create_all|init_db|create_tables)$/.test(method(call)?.name ?? call.callee.text))
        .map((call) => {
          const text = 'only done when the file is started by hand: write a command such as flask init-db for the host'
          return noteAt(text, path, lineWith(call, statement))
        }),
    ),
  )
