import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Peers } from '../peers.js'
import { benchFolder, valuesFor } from './values.js'
import type { Side, Site } from './side.js'

export function pyinfra(site: Site, peers: Peers): Side {
  return {
    name: 'pyinfra',
    label: `pyinfra ${peers.versionOf('pyinfra')}`,
    site,
    command: async ({ host, sshConfigFile, knownHostsFile }) => {
      const values = join(site.folder, 'site.json')
      const connection = { host, ssh_config_file: sshConfigFile, ssh_known_hosts_file: knownHostsFile }
      await writeFile(values, JSON.stringify({ ...valuesFor(site), ...connection }), { mode: 0o600 })
      const folder = join(benchFolder, 'pyinfra')
      // --yes also leaves out the first of two rounds of facts, which would only be shown.
      return {
        argv: [join(peers.bin, 'pyinfra'), '--yes', '--chdir', folder, 'inventory.py', 'deploy.py'],
        env: { BENCH_SITE: values },
      }
    },
    foundNothingToDo: (printed) => /^ +Grand total +\d+ +- +- +\d+ *$/m.test(printed),
  }
}
