import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { readFlags } from '../src/config/load.js'
import { fieldReference } from '../src/config/reference.js'

const place = new URL('../README.md', import.meta.url)
const readme = await readFile(place, 'utf8')
const fields = /(?<=<!-- fields[^>]*-->\n)[\s\S]*?(?=<!-- \/fields -->)/

const cell = (text: string): string => text.replaceAll('|', '\\|')

const table = (): string =>
  [
    '| key | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...fieldReference().map(
      (row) =>
        `| \`${row.key}\` | ${cell(row.type)} | ${row.default === 'required' || row.default === '' ? row.default : `\`${cell(row.default)}\``} | ${cell(row.description)} |`,
    ),
  ].join('\n')

describe('README.md', () => {
  it('has a row for every field of the flags file, as the schema says it (UPDATE_README=1 writes it)', async () => {
    const wanted = `${table()}\n`
    if (process.env['UPDATE_README'] === '1')
      await writeFile(
        place,
        readme.replace(fields, () => wanted),
      )
    else expect(fields.exec(readme)?.[0]).toBe(wanted)
  })

  const examples = [...readme.matchAll(/^ *```yaml\n([\s\S]*?)^ *```/gm)].map((match) => match[1] ?? '')

  it('shows flags files', () => {
    expect(examples.length).toBeGreaterThanOrEqual(2)
  })

  it.each(examples)('shows only flags files that are accepted: %s', (example) => {
    const indent = /^ */.exec(example)?.[0] ?? ''
    const text = example.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
    expect(readFlags(text, 'README.md').flags.version).toBe(1)
  })
})
