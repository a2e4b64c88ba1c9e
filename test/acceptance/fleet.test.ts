import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import { fleetJsonSchema, fleetStatusForm } from '../../src/render/fleet-documents.js'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { deployFlask } from '../helpers/cli.js'
import { output, processesOf } from '../helpers/eyes.js'
import { notesFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'

let guests: readonly Guest[] = []
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
  const names = ['hc-one', 'hc-two', 'hc-three']
  guests = await Promise.all(names.map((name) => createGuest({ container: inject('deployed') }, name)))
})
afterAll(async () => {
  await Promise.all(guests.map((guest) => guest.destroy()))
})

const guest = (index: number): Guest => {
  const found = guests[index]
  if (found === undefined) throw new Error(`there is no guest ${index}`)
  return found
}

/** All of them, by the ssh_config of each; the title is what a visitor can see of a deployment. */
const flags = async (title: string, more: object = {}): Promise<string> => {
  const { settings, ...others } = notesFlags(guest(0))
  const everywhere = Object.fromEntries(Object.entries(others).filter(([key]) => key !== 'host' && key !== 'ssh'))
  const hosts = guests.map(({ name, sshConfigFile }) => [name, { ssh: { 'config-file': sshConfigFile } }] as const)
  const file = join(folder, 'deploy-flask.yml')
  const written = { ...everywhere, settings: { ...(settings as object), NOTES_TITLE: title }, ...more }
  await writeFile(file, stringify({ ...written, hosts: Object.fromEntries(hosts) }))
  return file
}

const fleet = async (verb: string, file: string, ...options: readonly string[]) =>
  deployFlask(['fleet', verb, '-f', file, ...options], { XDG_STATE_HOME: join(folder, 'state') })

/** As visitors see it. */
const titles = (): Promise<readonly string[]> =>
  Promise.all(
    guests.map(async (one) => {
      const { body } = await ask(one, '/login', { name: 'notes.test' })
      return /<title>(?:.*· )?([^<]*)<\/title>/.exec(body)?.[1] ?? body.slice(0, 200)
    }),
  )

const breakApache = (index: number): Promise<string> =>
  output(guest(index), 'echo "NoSuchDirective on" > /etc/apache2/conf-enabled/somebody.conf')
const repairApache = (index: number): Promise<string> =>
  output(guest(index), 'rm /etc/apache2/conf-enabled/somebody.conf')

describe('three real hosts', () => {
  it('get the same plan, and none of them is changed by looking', async () => {
    const before = await titles()
    const { stdout, stderr, exitCode } = await fleet('plan', await flags('first'), '--exit-code')
    expect(exitCode, stderr).toBe(3)
    expect(stdout).toContain('3 hosts: the same 1 change')
    expect(await titles()).toEqual(before)
  })

  it('one after the other, the second fails: the first is changed, the third was not begun', async () => {
    const before = await titles()
    await breakApache(1)
    const { stdout, stderr, exitCode } = await fleet('apply', await flags('first'), '--yes', '--rolling', '1')
    expect(exitCode, stderr).toBe(2)
    expect(stdout).toMatch(/^hc-one +changed/m)
    expect(stdout).toMatch(/^hc-three +not begun/m)
    expect(stdout).toMatch(/^hc-two +failed .*FOREIGN_CONFIG_BROKEN$/m)
    expect(stderr).toContain('NoSuchDirective')
    expect(await titles()).toEqual(['first', before[1], before[2]])
  })

  it('a canary that fails leaves the others as they were', async () => {
    const before = await titles()
    const { stdout, exitCode } = await fleet('apply', await flags('second'), '--yes', '--canary', 'hc-two')
    expect(exitCode).toBe(2)
    expect(stdout.match(/not begun/g)).toHaveLength(2)
    expect(await titles()).toEqual(before)
  })

  it('those that are left are brought there once the cause is gone, and a further run disturbs nobody', async () => {
    await repairApache(1)
    const file = await flags('second', { fleet: { canary: 1, 'canary-wait': 1 } })
    const { stderr, exitCode } = await fleet('apply', file, '--yes', '--retry-failed')
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toContain('canary: passed')
    expect(await titles()).toEqual(['second', 'second', 'second'])
    const processes = await Promise.all(guests.map((one) => processesOf(one)))
    const again = await fleet('apply', file, '--yes')
    expect(again.exitCode, again.stderr).toBe(0)
    expect(again.stdout.match(/nothing to do/g)).toHaveLength(3)
    expect(await Promise.all(guests.map((one) => processesOf(one)))).toEqual(processes)
  })

  it('tell how they are in a line each', async () => {
    const { stdout, exitCode, stderr } = await fleet('status', await flags('second'))
    expect(exitCode, stderr).toBe(0)
    expect(stdout.match(/no drift/g)).toHaveLength(3)
    const document: unknown = JSON.parse((await fleet('status', await flags('second'), '--json')).stdout)
    const validate = new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(fleetJsonSchema())
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true)
    expect(fleetStatusForm.parse(document).hosts).toHaveLength(3)
  })

  it('a command for one host takes one of them, with what is particular to it', async () => {
    const { stdout, exitCode, stderr } = await deployFlask([
      'verify',
      '-f',
      await flags('second'),
      '--host',
      'hc-three',
    ])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).not.toContain('error')
  })
})
