import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { ask } from '../helpers/http.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'

let guest: Guest

beforeAll(async () => {
  guest = await createGuest({ container: inject('deployed') }, 'reload-kills')
})
afterAll(() => guest.destroy())

it('a reload that kills Apache, which configtest does not foresee, is taken back and Apache is started again', async () => {
  expect((await ask(guest, '/health')).status).toBe(200)
  // Apache says "Syntax OK", takes the reload, and ends: it cannot open a folder as its log.
  await guest.run('mkdir /var/log/apache2/second-error.log')
  const flags = { ...notesFlags(guest), site: 'second', 'server-name': 'second.test', sqlite: [], init: undefined }
  const applied = await deployFlask(['apply', '-f', await writeFlags(flags), '--yes'])
  expect(applied.exitCode).toBe(1)
  expect(applied.stderr).toContain('second.test')
  expect((await ask(guest, '/health')).status).toBe(200)
  expect((await guest.run('systemctl is-active apache2; ls /etc/apache2/sites-enabled')).stdout).toBe(
    'active\n000-default.conf\nnotes.conf\n',
  )
})
