import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'

const page = readFileSync(new URL('../../docs/how-to/harden.md', import.meta.url), 'utf8')

const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)?.[1] ?? ''

const headerFlags = z.object({ headers: z.record(z.string(), z.string()), 'server-tokens': z.string() })

let guest: Guest

beforeAll(async () => {
  guest = await createGuest({ container: inject('deployed') }, 'harden')
})
afterAll(() => guest.destroy())

test('the headers of the how-to come with every answer, and Apache tells no version', async () => {
  const hardened = headerFlags.parse(parse(block('yaml')))
  const flags = await writeFlags({ ...notesFlags(guest), ...hardened })
  const applied = await deployFlask(['apply', '-f', flags, '--yes'])
  expect(applied.exitCode, applied.stderr).toBe(0)
  for (const [path, status] of [
    ['/health', 200],
    ['/nowhere', 404],
  ] as const) {
    const answer = await ask(guest, path)
    expect(answer.status).toBe(status)
    // one that is there twice would be joined by a comma
    const wanted = Object.entries(hardened.headers).map(([name, value]) => [name.toLowerCase(), value])
    expect(answer.headers).toMatchObject(Object.fromEntries(wanted))
    expect(answer.headers.server).toBe('Apache')
  }
})

test('the restrictions of the how-to leave the site as it was, and nothing to do', async () => {
  const folder = '/etc/systemd/system/apache2.service.d'
  await output(guest, `mkdir -p ${folder}; cat >${folder}/harden.conf <<'END'\n${block('ini')}END`)
  await output(guest, 'systemctl daemon-reload && systemctl restart apache2 && sleep 1')
  expect(await output(guest, 'systemctl show -p ProtectSystem --value apache2')).toBe('full\n')
  expect((await ask(guest, '/health')).status).toBe(200)
  const flags = await writeFlags({ ...notesFlags(guest), ...headerFlags.parse(parse(block('yaml'))) })
  const again = await deployFlask(['apply', '-f', flags, '--yes'])
  expect(again.stdout, again.stderr).toMatch(nothingToDo)
})
