import { readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import type { TestCase, TestProject } from 'vitest/node'

declare module 'vitest' {
  interface TaskMeta {
    fault?: CaseMeta
  }
}

/** What a case tells of itself while it runs. */
export interface CaseMeta {
  readonly id: string
  readonly title: string
  /** What the runs under the fault ended with. */
  seen: string
  /** Why it cannot run here. */
  unrunnable?: string
}

const folder = dirname(fileURLToPath(import.meta.url))
const page = join(folder, '../../docs/reliability.md')

interface Row extends CaseMeta {
  readonly file: string
  readonly passed: boolean
}

const results = { true: 'holds', false: '**fails**' } as const

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

const rowText = ({ id, title, seen, unrunnable, passed }: Row): string =>
  `| ${[id, title, seen, unrunnable === undefined ? results[`${passed}`] : `not run: ${unrunnable}`].map(cell).join(' | ')} |`

const rowOf = (file: string, test: TestCase): Row | undefined => {
  const { fault } = test.meta()
  return fault === undefined ? undefined : { ...fault, file, passed: test.result().state !== 'failed' }
}

/** The table again in docs/reliability.md; not after a run of some of the cases. */
export const writeReport = async (project: TestProject): Promise<void> => {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.test.ts'))
  const modules = project.vitest.state.getTestModules().filter((module) => module.project.name === project.name)
  const tests = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => rowOf(relative(folder, module.moduleId).replaceAll(sep, '/'), test)),
  )
  const rows = tests.filter((row) => row !== undefined)
  if (modules.length < files.length || rows.length < tests.length) return
  const inOrder = rows.toSorted((a, b) => a.id.localeCompare(b.id) || a.file.localeCompare(b.file))
  const text = await readFile(page, 'utf8')
  const table = ['| case | what is done | what the runs end with | result |', '| --- | --- | --- | --- |']
  const [before = ''] = text.split(/^\| case /m)
  const whole = `${before}${[...table, ...inOrder.map(rowText)].join('\n')}\n`
  await writeFile(page, await format(whole, { parser: 'markdown' }))
}
