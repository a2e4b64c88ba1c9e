import type { Guest } from '../guest.js'
import { RunFailed } from './metered.js'
import { lookFromOutside } from './outside.js'
import type { Site } from './sides/side.js'

/** A file of the code that is served is another, a package of the environment is gone, a folder is everybody's. */
export async function spoil(guest: Guest, site: Site): Promise<void> {
  const root = `/srv/${site.flags.site}`
  await guest.run(`set -e
echo '# spoiled' >> ${root}/current/notes/pages.py
rm -r ${root}/venvs/*/lib/python3.6/site-packages/[Ff]lask-*
chmod 777 ${root}/releases`)
  const wrong = await lookFromOutside(guest, site)
  if (wrong.length !== 3) throw new RunFailed(`spoiled, the guest should have three faults:\n${wrong.join('\n')}`)
}
