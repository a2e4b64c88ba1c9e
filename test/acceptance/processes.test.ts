import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { countProcesses, type Processes } from '../../vagrant/bench/processes.js'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { connectSsh } from '../../src/transport/ssh.js'
import { deployFlask, nothingToDo } from '../helpers/cli.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'

let guest: Guest
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'processes-'))
  guest = await createGuest({ container: inject('deployed') }, 'processes')
})
afterAll(async () => {
  await guest.destroy()
  await rm(folder, { recursive: true })
})

/** What a login alone starts, sudo included. */
const login = async (): Promise<void> => {
  const transport = await connectSsh({ host: guest.name, sshConfigFile: guest.sshConfigFile })
  await transport.run({ argv: ['true'], as: 'root' })
  await transport.close()
}

/** Each program as often as it was started beyond those of the others. */
const beyond = (all: readonly string[], others: readonly string[]): readonly string[] => {
  const left = [...others]
  return all.filter((program) => {
    const at = left.indexOf(program)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

test('a run that finds nothing to do starts these programs on the host, and no other', async () => {
  const file = await writeFlags(notesFlags(guest))
  const run = async (): Promise<void> => {
    const { exitCode, stdout, stderr } = await deployFlask(['apply', '-f', file, '--yes'], { XDG_CACHE_HOME: folder })
    expect([exitCode, stdout], stderr).toEqual([0, expect.stringMatching(nothingToDo)])
  }
  // which key logs in is known from then on
  await run()
  const bare: Processes = await countProcesses(guest, folder, login)
  const made = await countProcesses(guest, folder, run)

  expect([...beyond(made.programs, bare.programs)].sort()).toEqual([
    '/bin/cat',
    '/bin/grep',
    '/bin/gzip',
    '/bin/sh',
    '/usr/bin/base64',
    '/usr/bin/dpkg-query',
    '/usr/bin/python3',
    '/usr/local/bin/mod_wsgi-express',
  ])
  // the others are subshells, one for each question and end of a pipe
  expect(made.forked - bare.forked).toBe(12)
})
