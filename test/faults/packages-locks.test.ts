import { expect } from 'vitest'
import { lockCases } from './packages/locks.js'
import { statusOf, useSources } from './packages/sources.js'

const { packageFault } = useSources()

lockCases(packageFault, '1.6.17')

packageFault('F46', 'dpkg has left a part of its journal (updates/0001)', async (rig, { flags }) => {
  await rig.host(
    "dpkg-query -s php-common >/dev/null; dpkg --status php-common | sed 's/^Status: .*/Status: install ok installed/' >/var/lib/dpkg/updates/0001",
  )
  const applied = await rig.apply(flags(rig))
  expect(applied.exitCode, applied.stderr).toBe(0)
  expect(applied.stderr).toMatch(/apt\.packages: dpkg has finished what was interrupted/)
  expect(await rig.host('ls /var/lib/dpkg/updates')).toBe('')
})

packageFault('F46', 'what was interrupted cannot be finished', async (rig, { flags, offer }) => {
  await offer({}, [
    { name: 'somebodys', version: '1', control: { postinst: '#!/bin/sh\nexit $(cat /run/somebodys)\n' } },
  ])
  await rig.host('echo 0 >/run/somebodys; apt-get -qq update; apt-get -qq -y install somebodys >/dev/null')
  await rig.inject(
    `echo 9 >/run/somebodys; dpkg-query -s somebodys | sed 's/^Status: .*/Status: install ok unpacked/' >/var/lib/dpkg/updates/0001`,
    'echo 0 >/run/somebodys',
  )
  const applied = await rig.apply(flags(rig))
  rig.failed(applied, 'DPKG_INTERRUPTED')
  expect(applied.stderr).toMatch(/^error DPKG_INTERRUPTED: .* of the package somebodys /m)
  expect(applied.stderr).toMatch(/^ {4}.*exit status 9$/m)
  expect(await statusOf(rig)).toBe('')
})
