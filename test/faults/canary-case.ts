import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { Canaries } from './canaries.js'
import { fault } from './fault.js'
import type { Rig } from './rig.js'

/** The only files of the host that may hold secrets of the notebook: settings, a key, and logins that were sent as they are. */
export const settings = '/etc/deploy-flask/notes/settings.json 640 root:flask-notes'
export const certificate = '/etc/deploy-flask/notes/certificate.pem 600 root:root'
export const logins = '/etc/deploy-flask/notes.htpasswd 640 root:www-data'

const prepare = `export DEBIAN_FRONTEND=noninteractive
mv /etc/deploy-flask /root/kept
for round in first second; do dpkg -i /var/cache/apt/archives/*.deb; done >/dev/null 2>&1
chpasswd; git -C /etc config user.name root; git -C /etc config user.email root@localhost; etckeeper commit first >/dev/null 2>&1
mv /root/kept /etc/deploy-flask; git -C /etc rev-parse HEAD`

/**
 * Secrets that nobody has ever seen, on a host where etckeeper is at work. Every process is watched during `work`, which
 * answers the files of the host that may hold one in the end; then everything else is searched.
 */
export const canaryCase = (title: string, work: (rig: Rig, canaries: Canaries) => Promise<readonly string[]>): void => {
  fault(
    'O7',
    title,
    async (rig) => {
      const { guest } = rig
      const canaries = await Canaries.nest()
      expect((await guest.run(prepare, { stdin: `deploy:${canaries.sudo}\n` })).stdout).toMatch(/^[0-9a-f]{40}$/m)
      rig.finally(() => guest.run('chpasswd', { stdin: 'deploy:deploy-password\n' }))
      const { result, seen } = await canaries.watching(guest, () => work(rig, canaries))
      expect(seen).toBe('')
      expect(await rig.host('etckeeper commit canary >/dev/null; git -C /etc ls-files deploy-flask')).toBe('')
      expect(await canaries.found(guest)).toEqual(result)
      const history = 'cat /root/.bash_history /home/*/.bash_history 2>/dev/null || true'
      await appendFile(join(canaries.folder, 'shell'), await rig.host(history))
      expect(await canaries.told()).toEqual([])
      rig.outputs.push(...canaries.outputs)
    },
    { ownGuest: true, noRerun: true, seconds: 540, touches: /./ },
  )
}
