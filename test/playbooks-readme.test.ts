import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import type { Step } from '../src/index.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const readme = readFileSync(join(root, 'playbooks/README.md'), 'utf8')
const example = /^```ts\n([\s\S]*?)^```/m.exec(readme)?.[1] ?? ''

// Beside the tests, where imports and types are found.
const folder = mkdtempSync(join(root, 'test/.example-'))
const file = join(folder, 'example.ts')
writeFileSync(file, `import { defineStep, folderAt, root, type Step } from '../../src/index.js'\n${example}`)
afterAll(() => rmSync(folder, { recursive: true }))

describe('the example in playbooks/README.md', () => {
  it('is a step that plans only what is missing', async () => {
    const { modules } = (await import(file)) as { modules: (wanted: readonly string[]) => Step }
    const planned = modules(['wsgi', 'rewrite']).plan({ enabled: [{ name: 'rewrite.load' }] })
    expect(planned).toMatchObject([{ kind: 'create', subject: 'apache module wsgi' }])
  })

  it('is type-checked as strictly as the sources', { timeout: 60_000 }, () => {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: { compilerOptions: object }
    }
    const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noEmit: true }, root)
    const program = ts.createProgram([file], options)
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    expect(messages).toEqual([])
  })
})
