import { appendFile, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { expectRefusal } from '../helpers/failure.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { differences, snapshot } from '../helpers/snapshot.js'

let guest: Guest
let other: Guest
let flags: string
let plan: string

beforeAll(async () => {
  const container = inject('deployed')
  guest = await createGuest({ container }, 'a-plan')
  other = await createGuest({ container }, 'a-plan-other')
})
afterAll(() => Promise.all([guest.destroy(), other.destroy()]))

let title = 0

/** A plan for something that is really to be done: another title. */
beforeEach(async () => {
  const wanted = notesFlags(guest)
  const settings = { ...(wanted['settings'] as object), NOTES_TITLE: `Title ${(title += 1)}` }
  flags = await writeFlags({ ...wanted, settings })
  plan = join(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'next.plan')
  const saved = await deployFlask(['plan', '-f', flags, '--out', plan])
  expect(saved.exitCode, saved.stderr).toBe(0)
  expect(saved.stderr).toContain(`deploy-flask apply ${plan}`)
})

/** The saved plan is refused for this reason, and the host is as it was. */
const refused = async (reason: RegExp): Promise<void> => {
  const before = await snapshot(guest)
  const applied = await deployFlask(['apply', plan])
  expectRefusal(applied, 'APPLY_PLAN_STALE', reason)
  expect(applied.stderr).toContain(`deploy-flask plan -f ${flags}`)
  expect(differences(before, await snapshot(guest))).toEqual([])
}

describe('a saved plan', () => {
  it('is readable for its owner only and holds no secret', async () => {
    expect((await stat(plan)).mode & 0o777).toBe(0o600)
    expect(await readFile(plan, 'utf8')).not.toContain('acceptance-secret-key')
  })

  it('is applied without a question, exactly as it is, and only once', async () => {
    const applied = await deployFlask(['apply', plan])
    expect(applied.exitCode, applied.stderr).toBe(0)
    expect(applied.stderr.match(/site\.settings: update /g)).toHaveLength(1)
    expect(applied.stderr.match(/: (create|update|remove) /g)).toHaveLength(1)
    expect((await ask(guest, '/login')).body).toContain(`Title ${title}`)
    await refused(/the host is not as it was/)
  })

  it('is refused when a file of the host was edited since', async () => {
    await output(guest, 'echo "# by hand" >> /etc/apache2/sites-available/notes.conf')
    await refused(/the host is not as it was/)
    await output(guest, "sed -i '$d' /etc/apache2/sites-available/notes.conf; systemctl reload apache2")
  })

  it('is refused when the flags file was edited since', async () => {
    await appendFile(flags, 'server-aliases: [www.notes.test]\n')
    await refused(/the flags file/)
  })

  it('is refused for another host, even for one that looks the same', async () => {
    const before = await snapshot(other)
    const applied = await deployFlask(['apply', plan, '--host', other.name, '--ssh-config', other.sshConfigFile])
    expectRefusal(applied, 'APPLY_PLAN_STALE', /made for another machine/)
    expect(differences(before, await snapshot(other))).toEqual([])
  })
})

describe('apply of a file that is no plan', () => {
  it.each([
    ['garbage', 'no plan at all\n'],
    ['JSON of somebody else', '{"name": "notes"}\n'],
    ['half of a plan', undefined],
  ])('says so, for %s', async (_title, content) => {
    await writeFile(plan, content ?? (await readFile(plan, 'utf8')).slice(0, 500))
    expectRefusal(await deployFlask(['apply', plan]), 'PLAN_FILE_INVALID', plan)
  })

  it('says so, for a file that is not there', async () => {
    expectRefusal(await deployFlask(['apply', `${plan}.none`]), 'PLAN_FILE_INVALID', `${plan}.none`)
  })
})

describe('plan --out', () => {
  it('replaces an older plan and never another file', async () => {
    expect((await deployFlask(['plan', '-f', flags, '--out', plan])).exitCode).toBe(0)
    const mine = `${plan}.txt`
    await writeFile(mine, 'mine\n')
    expectRefusal(await deployFlask(['plan', '-f', flags, '--out', mine]), 'OUTPUT_UNWRITABLE', mine)
    expect(await readFile(mine, 'utf8')).toBe('mine\n')
  })
})
