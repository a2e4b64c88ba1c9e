import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { apacheProcesses, differences, snapshot } from '../helpers/snapshot.js'

describe('a pristine host', () => {
  let guest: Guest
  let flags: string

  beforeAll(async () => {
    guest = await createGuest('pristine', 'first')
    flags = await writeFlags(notesFlags(guest))
  })
  afterAll(() => guest.destroy())

  it('gets a plan that names every step and changes nothing', async () => {
    const before = await snapshot(guest)
    const plan = await deployFlask(['plan', '-f', flags, '--exit-code'])
    expect(plan.exitCode).toBe(3)
    for (const step of [
      'apt.packages',
      'python.mod-wsgi',
      'apache.wsgi-load',
      'apache.modules',
      'site.release',
      'python.venv',
      'python.requirements',
      'site.settings',
      'site.init',
      'site.wsgi-script',
      'apache.vhost',
      'apache.enabled-site',
    ]) {
      expect(plan.stdout).toContain(step)
    }
    expect(plan.stdout).toContain('unknown until python.mod-wsgi')
    expect(differences(before, await snapshot(guest))).toEqual([])
  })
})
