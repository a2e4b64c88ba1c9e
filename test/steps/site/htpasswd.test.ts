import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { absent, edited } from '../edits.js'
import { siteFor, stepCases, stepFor, type Shown } from '../harness.js'

const path = '/etc/deploy-flask/shop.htpasswd'
const write = { run: [`write ${path} (root:www-data 0640)`], undo: [`restore ${path}`] }
const file = (kind: Shown['kind'], logins = 'ann'): readonly Shown[] => [
  { kind, subject: `file ${path}`, reason: `logins ${logins} (hashes not shown)`, ...write },
]

const users = (...names: readonly string[]) => ({
  authentication: { realm: 'Shop', users: Object.fromEntries(names.map((name) => [name, { env: 'SHOP_ANN' }])) },
})

stepCases('site.htpasswd', {
  pristine: { of: 'shop', changes: file('create') },
  converged: { of: 'shop' },
  'come beside a PHP site': { of: 'shop', on: 'php', changes: file('create') },
  'are written anew when somebody comes': {
    of: 'shop',
    flags: users('ann', 'bob'),
    changes: file('update', 'ann, bob'),
  },
  'are written anew when they are gone': { of: 'shop', answers: { [path]: absent }, changes: file('create') },
  'are written anew when they were edited, without a diff': {
    of: 'shop',
    answers: { [path]: edited({ sha256: '0'.repeat(64) }) },
    changes: file('update'),
  },
  'are not left readable for everybody': {
    of: 'shop',
    answers: { [path]: edited({ mode: '0644' }) },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        reason: 'root:www-data 0644 becomes root:www-data 0640',
        run: [`chown -h root:www-data ${path}`, `chmod 0640 ${path}`],
        undo: [`chown -h root:www-data ${path}`, `chmod 0644 ${path}`],
      },
    ],
  },
})

it("an htpasswd file that is the host's own is not written: there is no such step", async () => {
  const flags = { authentication: { realm: 'Shop', 'users-file': '/etc/htpasswd' } }
  await expect(stepFor('site.htpasswd', { of: 'shop', flags })).rejects.toThrow('has no step site.htpasswd')
})

it('the same password gives the same file, so that a second run has nothing to do', async () => {
  const content = async () => (await siteFor({ of: 'shop' })).authentication?.content?.reveal()
  expect(await content()).toMatch(/^ann:\$2y\$08\$[./A-Za-z0-9]{53}\n$/)
  expect(await content()).toBe(await content())
})

it('the hash is one that the password belongs to, by a library that is not ours', async () => {
  const [, hash = ''] = (await siteFor({ of: 'shop' })).authentication?.content?.reveal().trim().split(':') ?? []
  const code = 'exit(crypt($ARGV[0], $ARGV[1]) ne $ARGV[1])'
  const check = (password: string) => spawnSync('perl', ['-e', code, password, hash]).status
  expect(check('correct horse battery staple')).toBe(0)
  expect(check('Correct horse battery staple')).toBe(1)
})
