import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { fleetHosts } from '../../src/inventory/fleet-hosts.js'
import { folderWith } from '../config/folders.js'
import { site } from './fleet.js'

/** What looks through a list looks at so many of it, at most. */
const looking = [
  'find',
  'findLast',
  'findIndex',
  'filter',
  'some',
  'every',
  'map',
  'flatMap',
  'forEach',
  'reduce',
  'includes',
  'indexOf',
] as const

/** How many entries of lists are looked at meanwhile. */
const workOf = async (work: () => Promise<unknown>): Promise<number> => {
  let count = 0
  const spies = looking.map((name) => {
    const real: unknown = Object.getOwnPropertyDescriptor(Array.prototype, name)?.value
    if (typeof real !== 'function') throw new Error('a method of lists is missing')
    return vi.spyOn(Array.prototype, name).mockImplementation(function (this: unknown[], ...given: unknown[]) {
      count += this.length
      return Reflect.apply(real, this, given) as never
    })
  })
  try {
    await work()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  return count
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `web${index}`)

const forms: Readonly<Record<string, (count: number) => string>> = {
  'hosts.ini': (count) =>
    `[web]\n${names(count)
      .map((name) => `${name} deploy_flask_server_name=${name}.example.com`)
      .join('\n')}\n[eu]\n${names(count).slice(1).join('\n')}\n[eu:vars]\nansible_user=me\n`,
  'range.ini': (count) => `[web]\nweb[0:${count - 1}]\n[web:vars]\ndeploy_flask_settings_A=1\n`,
  'hosts.yml': (count) =>
    `version: 1\nhosts:\n${names(count)
      .map((name) => `  ${name}: { server-name: ${name}.example.com, groups: [web] }`)
      .join('\n')}\n`,
  'ansible.yml': (count) =>
    `web:\n  hosts:\n${names(count)
      .map((name) => `    ${name}: { ansible_port: 22 }`)
      .join('\n')}\n`,
  'list.json': (count) =>
    JSON.stringify({
      _meta: { hostvars: Object.fromEntries(names(count).map((name) => [name, { ansible_user: 'me', x: [1] }])) },
      web: { hosts: names(count) },
    }),
}

describe('ten times as many hosts are at most ten times the work, and a little more', () => {
  it.each(Object.keys(forms))('%s', async (name) => {
    const folder = folderWith({ 'deploy-flask.yml': site })
    const workFor = async (count: number): Promise<number> => {
      writeFileSync(join(folder, name), forms[name]?.(count) ?? '')
      writeFileSync(join(folder, 'most'), names(count).slice(2).join('\n'))
      const found = { hosts: 0 }
      const work = await workOf(async () => {
        const source = { file: join(folder, 'deploy-flask.yml'), inventory: name, cwd: folder, env: {} }
        found.hosts += (await fleetHosts({ ...source, limits: ['web*:&web', '@most', '!web1'] })).hosts.length
      })
      expect(found.hosts).toBe(count - 1)
      return work
    }
    // what is made once is made
    await workFor(10)
    const [few, many] = [await workFor(200), await workFor(2_000)]
    expect(few).toBeGreaterThan(200)
    expect(many / few).toBeLessThan(11)
  })
})
