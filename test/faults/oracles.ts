import type { Guest } from '../../vagrant/guest.js'
import { output } from '../helpers/eyes.js'
import { leftovers, type Snapshot } from '../helpers/snapshot.js'
import { canary } from './sites.js'

/** Each prints a line for what is not as it should be; all of them look with programs of the host. Reads the secret. */
const CHECKS = `read -r secret
find /etc /srv /var/lib/deploy-flask /tmp /run/deploy-flask \\( -name '.deploy-flask.*' -o -name '.new.*' -o -name '*.new.*' \\
  -o -path '/var/lib/deploy-flask/undo' -o -path '/run/deploy-flask/jobs/*' -o -path '/tmp/deploy-flask*' \\) \\
  -printf 'a temporary file is left: %p\\n' 2>/dev/null
if [ -e /run/deploy-flask/lock ] && ! flock -n /run/deploy-flask/lock true; then echo 'the lock is held'; fi
dpkg --audit 2>&1 | sed 's/^/dpkg --audit: /'
journalctl --sync
journalctl --no-pager -o verbose | grep -a -c -F -f <(printf %s "$secret") | grep -v '^0$' | sed 's/^/lines of the journal that hold the secret: /'
grep -l -a -s -F -f <(printf %s "$secret") /proc/[0-9]*/cmdline | sed 's/^/the secret is an argument: /'
true`

/** What of O3 (no temporary files), O4 (lock free), O7 (no secret told), O8 (dpkg whole) does not hold on the host. */
export const hostFaults = async (guest: Guest): Promise<string[]> =>
  (await output(guest, CHECKS, `${canary}\n`)).split('\n').filter((line) => line !== '')

/** O7 for what runs have printed. */
export const toldSecrets = (outputs: readonly string[]): string[] =>
  outputs.filter((text) => text.includes(canary)).map((text) => `a run has printed the secret:\n${text}`)

/** O6: what changed of others' files between two snapshots. Links, modes, owners and times of files count. */
export const unrelated = (before: Snapshot, after: Snapshot, site: string): string[] => {
  const own = new RegExp(`^/(etc/apache2|etc/deploy-flask|srv|var/lib/deploy-flask)/(.*/)?${site}(\\.conf)?(/|: |$)`)
  return leftovers(before, after)
    .filter((line) => !own.test(line) && !line.startsWith('/var/lib/deploy-flask/host.json: '))
    .map((line) => `not ours, and changed: ${line}`)
}
