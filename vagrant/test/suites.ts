import { NoGuestsHere, prepareMachine, refuseUnsuitable } from '../packages.js'
import { installPackages } from '../install.js'

/** One of the suites of `npm test`. */
export interface Suite {
  readonly name: string
  /** Script of package.json that must succeed: one test. */
  readonly script?: string
  /** Project of test/vitest.config.ts: as many tests as it counts. */
  readonly vitest?: string
  readonly env?: Readonly<Record<string, string>>
  /** Installs what it needs. Answers why it cannot run on this machine. */
  readonly prepare?: () => Promise<string | undefined>
}

export const suites: readonly Suite[] = [
  { name: 'types', script: 'typecheck' },
  { name: 'lint', script: 'lint' },
  { name: 'format', script: 'format' },
  { name: 'dead code', script: 'deadcode' },
  { name: 'package', script: 'package' },
  { name: 'unit', vitest: 'unit', prepare: machineForUnits },
  { name: 'integration', vitest: 'integration', prepare: machineForIntegration },
  { name: 'acceptance', vitest: 'acceptance', prepare: machineForAcceptance },
  { name: 'faults', vitest: 'faults', prepare: machineForFaults },
]

/** Beside those, by `npm run test:full`: everything that a deployment does, with the ssh of this computer. */
export const whole: readonly Suite[] = [
  {
    name: 'openssh',
    vitest: 'acceptance',
    env: { DEPLOY_FLASK_TRANSPORT: 'openssh' },
    prepare: machineForAcceptance,
  },
]

/** What most machines have, but not the smallest Debian. */
async function machineForUnits(): Promise<undefined> {
  if (process.getuid?.() !== 0) return
  await installPackages(
    [
      'python3',
      'python3-pip',
      'python3-venv',
      'openssh-client',
      'git',
      'openssl',
      'zsh',
      'fish',
      'bsdutils',
      'mandoc',
      'man-db',
      'groff',
      'tmux',
    ],
    'what the tool leaves to them, and what a terminal shows, is tested with the real ones',
  )
}

/** A real sshd, accounts and sudo on this machine. */
async function machineForIntegration(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'it needs root, to make accounts'
  await installPackages(['openssh-server', 'openssh-client', 'sudo'], 'the integration tests log in to this machine')
  return undefined
}

/** Not being able to is the only reason for skipping: anything that goes wrong on a suitable machine is a failure. */
async function machineForAcceptance(): Promise<string | undefined> {
  try {
    await refuseUnsuitable()
  } catch (error) {
    if (error instanceof NoGuestsHere) return error.message
    throw error
  }
  await prepareMachine()
  await installPackages(['tmux', 'openssl'], 'the wizard is asked in a real terminal, and certificates are made')
  return undefined
}

/** What signs the lists of a package repository, and what makes its packages. */
async function machineForFaults(): Promise<string | undefined> {
  const unsuitable = await machineForAcceptance()
  if (unsuitable === undefined) await installPackages(['gnupg', 'dpkg', 'python3'], 'packages are made, to be broken')
  return unsuitable
}
