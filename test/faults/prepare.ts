import type { TestProject } from 'vitest/node'
import { destroyGuest, listGuests, prepareGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { boardFlags, canary } from './sites.js'
import { writeReport } from './report.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** What the names of this suite's guests begin with. */
    guests: string
  }
}

/** For the cases; what is not needed all the time is only downloaded. Everything else is made small, for it is copied. */
const tools = `export DEBIAN_FRONTEND=noninteractive
apt-get clean && apt-get -qq update && apt-get -qq -y --no-install-recommends install strace fish && apt-get clean && apt-get -qq -y -d install etckeeper libfaketime
rm -r /var/lib/apt/lists/* /var/cache/apt/*.bin; journalctl -q --rotate --vacuum-time=1s
systemctl disable --now apt-daily.timer apt-daily-upgrade.timer`

const deploy = async (flags: Readonly<Record<string, unknown>>): Promise<void> => {
  const applied = await deployFlask(['apply', '-f', await writeFlags(flags), '--yes'], { NOTES_SECRET_KEY: canary })
  if (applied.exitCode !== 0) throw new Error(`the deployment that the cases begin with failed:\n${applied.stderr}`)
}

const fill = async (guest: Guest): Promise<void> => {
  await deploy(notesFlags(guest))
  await deploy(await boardFlags(guest))
  await output(guest, tools)
}

/**
 * One guest for all cases to be copied from: a PHP site, and two Flask sites of ours. FAULTS_GUESTS gives its name, and
 * keeps it for the next run: who works on a case saves a minute, and two checkouts do not meet.
 */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const kept = process.env['FAULTS_GUESTS']
  const name = kept ?? 'faults'
  project.provide('guests', name)
  if (kept === undefined || !(await listGuests()).includes(name)) await prepareGuest('php', name, fill)
  return async () => {
    if (kept === undefined) await destroyGuest(name)
    await writeReport(project)
  }
}
