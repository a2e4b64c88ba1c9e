import { writeFile } from 'node:fs/promises'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { vagrantFolder } from '../cache.js'

const root = dirname(vagrantFolder)

/** How many programs want a processor of this machine: above their number, all times that are measured are too long. */
export const loadNow = (): number => loadavg()[0] ?? 0

/** Writes docs/performance.md: what was found, where, and how it was measured. */
export async function writePage(tables: string, loadBefore: number): Promise<void> {
  await writeFile(join(root, 'docs/performance.md'), page(tables, await thisMachine(loadBefore)))
}

async function thisMachine(loadBefore: number): Promise<string> {
  const { stdout: commit } = await execa('git', ['-C', root, 'describe', '--always', '--dirty'], { reject: false })
  const [cpu] = cpus()
  const parts = [
    `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'})`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    `Linux ${release()}`,
    `Node.js ${process.version}`,
    `commit ${commit || 'unknown'}`,
    `load ${loadBefore.toFixed(1)} before`,
  ]
  return `${parts.join(', ')}; ${new Date().toISOString().slice(0, 10)}`
}

const page = (tables: string, machine: string): string => `# How fast it is

Written by \`npm run bench -- --write\`; do not edit. Measured on ${machine}.

All sides put the same site, examples/notes, on Ubuntu 18.04 guests of the same machine: one guest for each side, one side at
a time, in turns. [test/bench/README.md](../test/bench/README.md) tells what the playbook, the deploy file and the script do,
what was chosen in them, and what each of them would not notice.

${tables}

## What is measured

- **First deployment**: a pristine guest, until the site answers. Packages come from the same package sources for all of
  them; what the sources or a proxy before them have cached is the same for all, and the order changes from round to round.
- **Nothing to do**: the guest is as wanted. A side that says that it has changed something ends the benchmark.
- **Code update**: one Python file has changed. The next request after the run must be answered by the new code, or the
  benchmark ends.
- After each first deployment the guest is looked at in the same way for all sides, by nothing that is under test: pages over
  HTTP, \`apache2ctl\`, every file of the code with owner, mode and SHA-256, the account, the database, packages, and who can
  read the secret.
- **Times** are those of the whole program, from its start to its end. What a side must do here before it can connect, like
  packing the code, is part of it. Each run logs in anew: a connection that Ansible has kept is closed after each run.
- **0 ms, 50 ms** is the round trip of the line, made by a proxy before the guest's sshd, which also counts **bytes**, and as
  **round trips** how often the client spoke after it had listened. Who speaks on two connections at once is counted too low.
- **Processor there** is what the kernel has counted for the guest while the program ran. **Processor here** is that of the
  program and its children, and the memory is that of the largest of these; less than 15 MB cannot be told.
- **Processes** are counted by strace from outside the guest, in a run that is not timed; the login is part of them.

## To repeat it

\`npm run bench\` on a Debian 12 machine as root ([vagrant/README.md](../vagrant/README.md)); it installs the others into
\`~/.cache/deploy-flask\` (vagrant/bench/peers.txt). It ends with 1 when a target is missed. \`npm run bench -- --help\` tells
how to measure a part. Let nothing else run meanwhile.
`
