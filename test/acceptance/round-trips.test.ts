import { appendFile, cp, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openLine, type Line } from '../../vagrant/bench/line.js'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import { examples, notesFlags, writeFlags } from '../helpers/flags.js'

/** What is said too late counts as one more, never as one less: on a busy machine it is counted again. */
const again = { retry: 3 }

/** Milliseconds: much longer than sudo thinks, so that the count is exact. */
const roundTrip = 700

let guest: Guest
let line: Line
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'round-trips-'))
  guest = await createGuest({ container: inject('deployed') }, 'round-trips')
  line = await openLine(guest, roundTrip, folder)
})
afterAll(async () => {
  await line.stop()
  await guest.destroy()
})

const tripsOf = async (args: readonly string[], said: RegExp): Promise<number> => {
  line.proxy.reset()
  const { exitCode, stdout, stderr } = await deployFlask(args, { XDG_CACHE_HOME: folder })
  expect([exitCode, stdout], stderr).toEqual([0, expect.stringMatching(said)])
  return line.proxy.trips()
}

const flagsFor = async (user: string): Promise<string> =>
  writeFlags({ ...notesFlags(guest), host: line.host, ssh: { user, 'config-file': line.sshConfigFile } })

test.each(['vagrant', 'root'])(
  'a run of %s that finds nothing to do waits 5 times, hello and goodbye included',
  again,
  async (user) => {
    const file = await flagsFor(user)
    expect(await tripsOf(['apply', '-f', file, '--yes'], nothingToDo)).toBe(5)
    expect(await tripsOf(['plan', '-f', file], /Plan: 0 to create, 0 to update, 0 to remove, 0 to run/)).toBe(5)
  },
)

test('a look at the site waits no more often', again, async () => {
  const file = await flagsFor('vagrant')
  expect(await tripsOf(['status', '-f', file], /drift +none/)).toBe(5)
})

test('a code update waits 16 times', again, async () => {
  const code = join(folder, 'code')
  await cp(join(examples, 'notes'), code, { recursive: true, filter: (path) => !path.endsWith('__pycache__') })
  await appendFile(join(code, 'notes/__init__.py'), `# ${Date.now()}\n`)
  const flags = {
    ...notesFlags(guest),
    host: line.host,
    ssh: { 'config-file': line.sshConfigFile },
    code: { folder: code },
  }
  expect(await tripsOf(['apply', '-f', await writeFlags(flags), '--yes'], /The site answers/)).toBe(16)
})

test('the log of the host shows no packet that came before its time', async () => {
  const { stdout } = await guest.run('journalctl --no-pager -t sshd')
  expect(stdout).toMatch(/Accepted publickey for root/)
  expect(stdout).not.toMatch(/dispatch_protocol_error|Failed/)
})
