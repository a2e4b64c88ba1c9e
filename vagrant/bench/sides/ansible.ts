import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Peers } from '../peers.js'
import type { Line } from '../line.js'
import { benchFolder, valuesFor } from './values.js'
import type { Command, Side, Site } from './side.js'

type Way = 'ansible' | 'ansible-pipelined' | 'ansible-mitogen'

/** The same playbook by the three ways in which Ansible is used, of which the last two must be asked for. */
export function ansible(name: Way, site: Site, peers: Peers): Side {
  const mitogen = peers.versionOf('mitogen')
  const labels = { ansible: '', 'ansible-pipelined': ', pipelined', 'ansible-mitogen': ` + Mitogen ${mitogen}` }
  const ways: Readonly<Record<Way, Readonly<Record<string, string>>>> = {
    ansible: {},
    'ansible-pipelined': { ANSIBLE_PIPELINING: '1' },
    'ansible-mitogen': {
      ANSIBLE_STRATEGY: 'mitogen_linear',
      ANSIBLE_STRATEGY_PLUGINS: join(peers.sitePackages, 'ansible_mitogen/plugins/strategy'),
    },
  }
  return {
    name,
    label: `Ansible ${peers.versionOf('ansible-core')}${labels[name]}`,
    site,
    command: async (line) => await commandOf(site, peers, line, ways[name]),
    foundNothingToDo: (printed) => /: ok=\d+ +changed=0 +unreachable=0 +failed=0 /.test(printed),
  }
}

async function commandOf(
  site: Site,
  peers: Peers,
  line: Line,
  way: Readonly<Record<string, string>>,
): Promise<Command> {
  const variables = join(site.folder, 'variables.json')
  const connection = {
    ansible_ssh_common_args: `-F ${line.sshConfigFile}`,
    ansible_python_interpreter: '/usr/bin/python3',
    python3_apt_first: 'ANSIBLE_STRATEGY' in way,
  }
  await writeFile(variables, JSON.stringify({ ...valuesFor(site), ...connection }), { mode: 0o600 })
  const playbook = join(benchFolder, 'ansible/site.yml')
  return {
    argv: [join(peers.bin, 'ansible-playbook'), '-i', `${line.host},`, '-e', `@${variables}`, playbook],
    env: {
      // Whoever runs the benchmark may have settings of their own.
      ANSIBLE_CONFIG: join(benchFolder, 'ansible/ansible.cfg'),
      ANSIBLE_HOME: join(site.folder, 'ansible-home'),
      // A connection of the run before must not be found: each run of each side logs in once.
      ANSIBLE_SSH_CONTROL_PATH_DIR: await mkdtemp(join(site.folder, 'cp-')),
      ANSIBLE_NOCOLOR: '1',
      ...way,
    },
  }
}
