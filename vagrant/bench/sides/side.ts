import type { Line } from '../line.js'

export const sideNames = [
  'deploy-flask',
  'script',
  'ansible',
  'ansible-pipelined',
  'ansible-mitogen',
  'pyinfra',
] as const
export type SideName = (typeof sideNames)[number]

/** Those that others have made for such deployments, as opposed to the script, which knows this one site only. */
export const peers: readonly SideName[] = ['ansible', 'ansible-pipelined', 'ansible-mitogen', 'pyinfra']

/** A program of this computer, as it is started. */
export interface Command {
  readonly argv: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly cwd?: string
}

/** What one of them is told of the site. Each has a copy of the code, so that it alone sees a change of it. */
export interface Site {
  /** A folder of this side's own. */
  readonly folder: string
  readonly code: string
  readonly flagsFile: string
  readonly secretFile: string
  readonly flags: NotesFlags
}

/** As much of examples/notes.yml as the others are told. */
export interface NotesFlags {
  readonly site: string
  readonly serverName: string
  readonly wsgi: string
  readonly database: string
  readonly title: string
  readonly init: string
  readonly staticUrl: string
  readonly staticFolder: string
  readonly checkPath: string
}

/** One of those that are measured against each other, doing the same deployment. */
export interface Side {
  readonly name: SideName
  /** With its version. */
  readonly label: string
  readonly site: Site
  /** What brings the host to what is wanted. Made anew for each run: what it takes to make it is part of the run. */
  command(line: Line): Promise<Command>
  /** Whether it says that it has changed nothing. */
  readonly foundNothingToDo: (printed: string) => boolean
}
