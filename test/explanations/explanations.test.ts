import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { exitCodes, type ErrorCode } from '../../src/errors.js'
import { explanations } from '../../src/explanations/index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const codes = Object.keys(exitCodes) as ErrorCode[]

const sources = (end: string): readonly string[] =>
  ['src', 'playbooks'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith(end) && file !== 'src/errors.ts' && !file.startsWith('src/explanations/')),
  )

const compared: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]

/** A code that is only compared with, or listed for how it is shown, is not one that anybody gives. */
const isGiven = ({ parent }: ts.Node): boolean =>
  !(ts.isBinaryExpression(parent) && compared.includes(parent.operatorToken.kind))

const givenIn = (file: string): readonly string[] => {
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) && node.text in exitCodes && isGiven(node)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true))
  return found
}

/** Before the program is loaded there is no DeployError: its launcher prints the same form by itself. */
const printedIn = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/['`]error ([A-Z_]+): /g)].map(([, code = '']) => code)

/** The lists of codes by which errors are shown. */
const showing = 'src/render/error.ts'

const given = new Set([
  ...sources('.ts')
    .filter((file) => file !== showing)
    .flatMap(givenIn),
  ...sources('.cjs').flatMap(printedIn),
])

/** Of parts that are not there yet. */
const awaited: readonly string[] = ['ANSWERS_UNREADABLE']

describe('the codes of errors', () => {
  it('are many', () => {
    expect(codes.length).toBeGreaterThan(60)
  })

  it('are all given somewhere', () => {
    expect(codes.filter((code) => !given.has(code) && !awaited.includes(code))).toEqual([])
  })

  it('are all explained, and nothing else is', () => {
    expect(Object.keys(explanations).sort()).toEqual([...codes].sort())
  })
})

const sentences = (text: string): number => text.split(/[.!?:;](?= |$)/).length - 1

describe.each(codes)('%s', (code) => {
  const { cause, remedy, look } = explanations[code]

  it('is explained in one to six sentences each', () => {
    for (const text of [cause, remedy]) {
      expect(text).toMatch(/^["A-Za-z].*\.$/s)
      expect(text).not.toMatch(/ {2}|\s$|\n/)
      expect(text.length).toBeGreaterThan(40)
      expect(sentences(text)).toBeLessThanOrEqual(8)
    }
  })

  it('names commands that can be copied', () => {
    for (const command of [...(look?.here ?? []), ...(look?.onHost ?? [])]) expect(command).toMatch(/^\S.*\S$/)
  })
})
