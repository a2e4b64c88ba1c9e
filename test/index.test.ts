import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const program = ts.createProgram([join(root, 'src/index.ts')], {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  skipLibCheck: true,
})
const checker = program.getTypeChecker()

/** What an exported name stands for, where it is declared. */
const declared = (symbol: ts.Symbol): ts.Symbol =>
  (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)

const index = program.getSourceFile(join(root, 'src/index.ts'))
const module = index === undefined ? undefined : checker.getSymbolAtLocation(index)
const exported = (module === undefined ? [] : checker.getExportsOfModule(module)).map((symbol) => ({
  name: symbol.name,
  symbol: declared(symbol),
}))

const textOf = (symbol: ts.Symbol): string => ts.displayPartsToString(symbol.getDocumentationComment(checker))
const signatureOf = (symbol: ts.Symbol): ts.Signature | undefined => {
  const [declaration] = symbol.declarations ?? []
  return declaration === undefined
    ? undefined
    : checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures()[0]
}
const functions = exported.flatMap(({ name, symbol }) => {
  const signature = signatureOf(symbol)
  return signature === undefined ? [] : [{ name, symbol, signature }]
})

/** Codes of the errors that the file of a step can refuse with. */
const refusals = (symbol: ts.Symbol): readonly string[] => {
  const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? ''
  const text = readFileSync(file, 'utf8')
  if (!/\brefuse: /.test(text)) return []
  const codes = [...text.matchAll(/new DeployError\(([^,]+),/g)].flatMap(
    ([, code = '']) => code.match(/[A-Z_]{4,}/g) ?? [],
  )
  return [...new Set(codes)]
}

describe('what playbooks are written with', () => {
  it('is there', () => {
    expect(exported.length).toBeGreaterThan(60)
    expect(functions.length).toBeGreaterThan(35)
  })

  it.each(exported)('$name says what it is', ({ symbol }) => {
    expect(textOf(symbol)).toMatch(/\S.{10,}/s)
  })

  it.each(functions)('$name says of each parameter what it is', ({ symbol, signature }) => {
    const documented = symbol
      .getJsDocTags(checker)
      .filter(({ name }) => name === 'param')
      .map(({ text }) => ts.displayPartsToString(text).split(' ')[0])
    expect(documented).toEqual(signature.getParameters().map(({ name }) => name))
  })

  const steps = functions.filter(({ signature }) => /^Step(<|$)/.test(checker.typeToString(signature.getReturnType())))

  it.each(steps)('the step $name says with which errors it refuses', ({ symbol }) => {
    const tags = symbol.getJsDocTags(checker).map(({ text }) => ts.displayPartsToString(text))
    const documentation = [textOf(symbol), ...tags].join('\n')
    expect(refusals(symbol).filter((code) => !documentation.includes(code))).toEqual([])
  })

  it('has its steps in the table of playbooks/README.md, each once', () => {
    const readme = readFileSync(join(root, 'playbooks/README.md'), 'utf8')
    const table = readme.slice(readme.indexOf('| step |'))
    const cells = [...table.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell).join(' ')
    const named = [...cells.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
    expect(named.sort()).toEqual(
      steps
        .map(({ name }) => name)
        .filter((name) => name !== 'defineStep')
        .sort(),
    )
  })
})
