import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { fieldReference, type FieldRow } from '../src/config/reference.js'
import { settingsTable } from '../src/config/settings-table.js'

const place = new URL('../docs/settings.md', import.meta.url)

const introduction = `# Settings

<!-- made from the schema by test/docs-settings.test.ts: UPDATE_DOCS=1 writes it -->

Each setting is a key of the flags file (YAML or JSON), and most are an option and an environment variable, too:

    daemon: { threads: 8 }                # in the flags file
    DEPLOY_FLASK_DAEMON_THREADS=8         # in the environment
    --daemon-threads 8                    # for plan, apply, explain and init

An option is stronger than a variable, a variable stronger than the file, and the file stronger than a default;
\`deploy-flask explain --origins\` shows who says what. A variable is called like the option, in capitals, with
\`DEPLOY_FLASK_\` in front; an empty one says nothing. With all that is required given so, no file is needed.

- true or false: \`--preload\`, \`--preload=false\`
- a list: the option several times, or YAML: \`--server-aliases a.example.com --server-aliases b.example.com\`,
  \`--check-statuses '[200, 301]'\`. It replaces the list of the file.
- a mapping: \`NAME=VALUE\`, as often as need be, or YAML: \`--settings DEBUG=0 --settings 'SECRET_KEY={env: SHOP_KEY}'\`. Each
  entry replaces only itself.
- what holds more is YAML: \`--access '{url: /admin, users: any}'\`
- paths of this computer are relative to the flags file in the file, and to where you are in options and variables

A flags file for several hosts has \`hosts\` and \`groups\`, or \`inventory\`, instead of \`host\`
([how to](how-to/inventory.md)): these are no settings of one host, and no options.

Secrets are never written out, only referred to: \`{env: NAME}\` is a variable of this computer, \`{file: PATH}\` a file whose
only line it is.

| key | option | type | default | meaning |
| --- | --- | --- | --- | --- |
`

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

const options = new Map(settingsTable().map(({ key, option }) => [key, `\`--${option}\``]))

const fallback = ({ default: value }: FieldRow): string =>
  value === 'required' || value === '' ? value : `\`${value}\``

const line = (row: FieldRow): string =>
  `| \`${row.key}\` | ${options.get(row.key) ?? ''} | ${cell(row.type)} | ${fallback(row)} | ${cell(row.description)} |\n`

it('docs/settings.md has a row for every setting, as the schema says it (UPDATE_DOCS=1 writes it)', async () => {
  const wanted = introduction + fieldReference().map(line).join('')
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(place, wanted)
  expect(await readFile(place, 'utf8')).toBe(wanted)
})
