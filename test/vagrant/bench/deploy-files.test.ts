import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { cacheFolder, recipeKey } from '../../../vagrant/cache.js'
import { changeCode } from '../../../vagrant/bench/change.js'
import { makeSite } from '../../../vagrant/bench/sides/site.js'

const playbook = 'test/bench/ansible/site.yml'
const peers = join(cacheFolder, `bench-peers-${await recipeKey(['bench/peers.txt'], [])}`)

test('the programs in Python and in shell are valid', async () => {
  const read = 'import ast, sys; [ast.parse(open(name, encoding="utf-8").read(), name) for name in sys.argv[1:]]'
  const files = ['test/bench/pyinfra/deploy.py', 'test/bench/pyinfra/inventory.py', 'vagrant/bench/meter.py']
  expect((await execa('python3', ['-c', read, ...files])).exitCode).toBe(0)
  expect((await execa('sh', ['-n', 'test/bench/pack.sh'])).exitCode).toBe(0)
  expect((await execa('bash', ['-n', 'test/bench/yardstick.sh'])).exitCode).toBe(0)
})

test('the playbook is one play whose tasks have names', async () => {
  const plays: unknown = parse(await readFile(playbook, 'utf8'))
  expect(plays).toMatchObject([{ hosts: 'all', become: true, gather_facts: false }])
  const unnamed = (await readFile(playbook, 'utf8')).match(/^ {4}- (?!name: |path: |\{ path: ).*/gm)
  expect(unnamed).toBeNull()
})

// They are installed by the benchmark, which cannot pass over an invalid playbook either.
test.skipIf(!existsSync(join(peers, 'complete')))('Ansible takes the playbook', async () => {
  const { stdout } = await execa(join(peers, 'bin/ansible-playbook'), ['-i', 'bench,', '--syntax-check', playbook], {
    env: { LC_ALL: 'C.UTF-8', ANSIBLE_CONFIG: 'test/bench/ansible/ansible.cfg' },
  })
  expect(stdout).toContain('playbook: test/bench/ansible/site.yml')
})

test('the same code is packed into the same bytes, and other code into a release of another name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-test-'))
  const site = await makeSite(folder, 'ansible')
  const pack = async (code: string, archive: string) =>
    (await execa('sh', ['test/bench/pack.sh', code, join(folder, archive)])).stdout
  await cp(site.code, join(folder, 'copy'), { recursive: true })

  const first = await pack(site.code, 'first.tar.gz')
  expect(first).toMatch(/^[0-9a-f]{12}$/)
  await writeFile(join(folder, 'copy/tests/more.py'), '')
  expect(await pack(join(folder, 'copy'), 'second.tar.gz')).toBe(first)
  expect(await readFile(join(folder, 'second.tar.gz'))).toEqual(await readFile(join(folder, 'first.tar.gz')))

  await changeCode(site, 7)
  expect(await pack(site.code, 'third.tar.gz')).not.toBe(first)
})

test('a change of the code takes the place of the change before it', async () => {
  const site = await makeSite(await mkdtemp(join(tmpdir(), 'deploy-flask-test-')), 'ansible')
  await changeCode(site, 1)
  await changeCode(site, 2)
  const text = await readFile(join(site.code, 'notes/pages.py'), 'utf8')
  expect(text.match(/@blueprint.route\("\/changed"\)/g)).toHaveLength(1)
  expect(text).toContain("    return '2'\n")
})
