import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { secrets } from '../fixtures/sites.js'
import { deployFlask } from '../helpers/cli.js'
import { examples } from '../helpers/flags.js'
import { startSimulatedHosts, type SimulatedHosts } from '../helpers/simulated-hosts.js'

let fleet: SimulatedHosts
let env: Record<string, string>
let mistakes: (document: unknown) => unknown

beforeAll(async () => {
  fleet = await startSimulatedHosts(3)
  env = { ...secrets, XDG_STATE_HOME: await mkdtemp(join(tmpdir(), 'deploy-flask-test-')) }
  const schema = z.record(z.string(), z.unknown()).parse(JSON.parse((await deployFlask(['schema', '--fleet'])).stdout))
  const validate = new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false }).compile(schema)
  mistakes = (document) => (validate(document) ? undefined : validate.errors)
})
afterAll(async () => fleet.stop())

const told = async (verb: string): Promise<unknown> => {
  const words = ['fleet', verb, '-f', join(examples, 'notes.yml'), '--inventory', fleet.inventory, '--json']
  const { stdout, stderr } = await deployFlask([...words, '--ssh-config', fleet.sshConfigFile], env)
  expect(stdout, stderr).not.toBe('')
  return JSON.parse(stdout)
}

describe('the JSON Schema of fleets describes', () => {
  it.each(['list', 'plan'])('what fleet %s --json prints', async (verb) => {
    expect(mistakes(await told(verb))).toBeUndefined()
  })

  // of hosts that tell: test/acceptance/fleet.test.ts
  it('what fleet status --json prints of hosts that do not tell', async () => {
    for (const host of fleet.hosts) await fleet.become(host, { kind: 'refuses' })
    const document = await told('status')
    expect(mistakes(document)).toBeUndefined()
    expect(document).toMatchObject({ hosts: [], failed: fleet.hosts.map((host) => ({ host })) })
  })

  it('no document with anything else in it', () => {
    expect(mistakes({ version: 1, hosts: [{ host: 'web01', groups: [], differs: {}, password: 'x' }] })).toBeDefined()
  })
})
