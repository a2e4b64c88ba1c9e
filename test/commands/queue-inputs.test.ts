import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fileWithin, mustBeEqual, sharedPath } from '../../src/commands/queue-inputs.js'

const outer = realpathSync(mkdtempSync(join(tmpdir(), 'queue-inputs-')))
const folder = join(outer, 'folder')
mkdirSync(join(folder, 'sites'), { recursive: true })
writeFileSync(join(outer, 'secret.yml'), '')
writeFileSync(join(folder, 'sites/shop.yml'), '')
symlinkSync(join(outer, 'secret.yml'), join(folder, 'link.yml'))
symlinkSync(outer, join(folder, 'up'))
symlinkSync('sites/shop.yml', join(folder, 'shop.yml'))
afterAll(() => rmSync(outer, { recursive: true }))

const inputs = { flagsFile: 'a', code: 'b', requirements: 'c', playbook: 'd', hosts: 'e' }

describe('what a run was made from', () => {
  it('is the same where all of it is', () => {
    expect(() => mustBeEqual(inputs, { ...inputs }, folder)).not.toThrow()
  })

  it.each([
    ['the flags file', { flagsFile: 'x' }],
    ["the application's code", { code: 'x' }],
    ["the application's requirements", { requirements: 'x' }],
    ['the playbook', { playbook: 'x' }],
    ['the inventory', { hosts: 'x' }],
  ])('may differ in %s, which is told', (name, other) => {
    expect(() => mustBeEqual(inputs, { ...inputs, ...other }, folder)).toThrow(
      expect.objectContaining({ code: 'QUEUE_INPUTS_DIFFER', message: expect.stringMatching(`: ${name}$`) as string }),
    )
  })

  it('may differ in the playbook that a worker was not started with, or that the run has none of', () => {
    const { playbook, ...without } = inputs
    expect(playbook).toBe('d')
    expect(() => mustBeEqual(inputs, without, folder)).toThrow('the playbook')
    expect(() => mustBeEqual(without, inputs, folder)).toThrow('the playbook')
  })
})

describe('a file that a run names', () => {
  it('is found in the folder of a worker, also by a link that stays in it', async () => {
    for (const path of ['sites/shop.yml', 'shop.yml']) {
      expect(await fileWithin(folder, path)).toBe(join(folder, path))
    }
  })

  it('is refused where a link leads out of the folder', async () => {
    for (const path of ['link.yml', 'up/secret.yml', 'up/folder/../secret.yml']) {
      await expect(fileWithin(folder, path)).rejects.toMatchObject({ code: 'QUEUE_DATA_INVALID' })
    }
  })

  it('must lie below the folder of whoever gives the run, and is named from there', () => {
    expect(sharedPath('sites/shop.yml', folder)).toBe('sites/shop.yml')
    expect(sharedPath(join(folder, 'sites/shop.yml'), folder)).toBe('sites/shop.yml')
    for (const path of ['../secret.yml', '/etc/deploy-flask.yml', '.']) {
      expect(() => sharedPath(path, folder)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    }
  })
})
