import { basename, dirname } from 'node:path'
import { expect } from 'vitest'
import { writeFlags } from '../helpers/flags.js'
import { canaryCase, logins, settings } from './canary-case.js'
import { statesOf, tracedCalls } from '../helpers/traced-modes.js'

/** Everything that comes of a login. */
const traced = `strace -f -y -x -o /root/trace -e trace=${tracedCalls} -p $(pgrep -o -x sshd)`

const secretFile = /^\/(etc\/deploy-flask|var\/lib\/deploy-flask\/undo)\/.*(settings\.json|htpasswd)/

/** Each state that the files may have which become this one: closed, until the group is that of the site. */
const narrow = (path: string, group: number): readonly string[] => {
  const kept = `/var/lib/deploy-flask/undo/${path.slice(1).replaceAll('/', '%')}`
  const made = [`${dirname(path)}/.deploy-flask.${basename(path)}`, `${kept}.part`]
  return [
    ...made.flatMap((one) => [`${one} 600 0:0`, `${one} 600 0:${group}`, `${one} 640 0:${group}`]),
    ...[path, kept].map((one) => `${one} 640 0:${group}`),
    // the SHA-256 of what was written
    `${kept}.ours 600 0:0`,
  ]
}

canaryCase(
  'each call that makes a file with secrets is traced: never wider than in the end, nor when taken back; no core files',
  async (rig, canaries) => {
    // what writes a file starts sync, and has the secret in its memory
    await rig.inject(
      `cat >/usr/local/sbin/sync <<'EOF'
#!/bin/sh
grep core /proc/$PPID/limits >>/root/limits
exec /bin/sync "$@"
EOF
chmod +x /usr/local/sbin/sync`,
      'rm -f /usr/local/sbin/sync /root/limits',
    )
    await rig.inject(
      `systemd-run -q --unit traced ${traced}
for try in $(seq 50); do grep -q 'TracerPid:.*[1-9]' /proc/$(pgrep -o -x sshd)/status && break; sleep 0.1; done`,
      'systemctl stop traced 2>/dev/null; rm -f /root/trace',
    )
    const apply = async (more: Readonly<Record<string, unknown>>) => {
      canaries.renew()
      const flags = { ...(await canaries.flags(rig.guest, more)), ...(await canaries.usersFile()) }
      return canaries.run(['apply', '-f', await writeFlags(flags), '--yes'])
    }
    const created = await apply({})
    expect(created.exitCode, created.stderr).toBe(0)
    const takenBack = await apply({ check: { path: '/', statuses: [418] } })
    expect(takenBack.stderr).toMatch(/^error SITE_NOT_ANSWERING: /m)
    const replaced = await apply({ 'max-body': 5001 })
    expect(replaced.exitCode, replaced.stderr).toBe(0)
    await rig.host('systemctl stop traced')

    const trace = await rig.host('cat /root/trace')
    // three are written, and one of them is taken back
    expect(trace.match(/^\d+ +rename\w*\(.*, "\/etc\/deploy-flask\/notes\/settings\.json"/gm)).toHaveLength(4)
    const group = async (name: string): Promise<number> => Number(await rig.host(`getent group ${name} | cut -d: -f3`))
    expect(statesOf(trace, secretFile).toSorted()).toEqual(
      [
        ...narrow('/etc/deploy-flask/notes/settings.json', await group('flask-notes')),
        ...narrow('/etc/deploy-flask/notes.htpasswd', await group('www-data')),
      ].toSorted(),
    )
    expect(await rig.host('sort -u /root/limits')).toMatch(/^Max core file size +0 +0 +bytes *\n$/)
    rig.sees('0600 and root until it is finished')
    return [logins, settings]
  },
)
