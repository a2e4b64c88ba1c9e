import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { loadFlagsFile } from '../../src/config/load.js'
import type { Guest } from '../../vagrant/guest.js'
import { alicePassword } from '../acceptance/guidelines/authentication.js'
import { guidelines, type Example } from '../acceptance/guidelines/example.js'
import { deployFlask, type CliResult } from './cli.js'
import type { Site } from './guidelines-request.js'

/** The example as it is, on this guest. */
export const apply = (guest: Guest, { file }: Example): Promise<CliResult> =>
  deployFlask(
    ['apply', '-f', join(guidelines, file), '--host', guest.name, '--ssh-config', guest.sshConfigFile, '--yes'],
    { ALICE_PASSWORD: alicePassword },
  )

export const siteOf = async ({ file }: Example): Promise<Site> => {
  const { flags } = await loadFlagsFile(join(guidelines, file))
  return { serverName: flags['server-name'], port: flags.port }
}

/** What the example takes for granted on the host. */
const prepare = async (guest: Guest, { copies = {}, before = ':' }: Example): Promise<void> => {
  for (const [from, to] of Object.entries(copies)) {
    await cp(join(guidelines, 'code', from), join(guest.rootfs, to), { recursive: true })
  }
  const { exitCode, stderr } = await guest.run(`set -e; ${before}`)
  if (exitCode !== 0) throw new Error(stderr)
}

export interface Deployed {
  readonly result: CliResult
  readonly seconds: number
}

export const deploy = async (guest: Guest, example: Example): Promise<Deployed> => {
  await prepare(guest, example)
  const start = performance.now()
  const result = await apply(guest, example)
  return { result, seconds: (performance.now() - start) / 1000 }
}
