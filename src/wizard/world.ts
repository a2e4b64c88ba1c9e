import type { Finding, Project } from '../detection/project.js'
import type { Neighbours } from './neighbours.js'
import type { Terminal } from './terminal.js'

type Style = (text: string) => string

/** All that the wizard sees of what is around it. */
export interface World {
  readonly terminal: Terminal
  readonly project: Project
  /** Of ssh_config. */
  readonly hosts: readonly Finding<string>[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly style: { readonly bold: Style; readonly dim: Style; readonly yellow: Style }
  /** Logs in and looks; the connection stays for what comes next. */
  lookAround(host: string): Promise<Neighbours>
  /** What to say of a failure after which one can go on asking; undefined for any other. */
  shownError(error: unknown): string | undefined
  /** Makes a secret and keeps it in a file; answers with its path. */
  makeSecret(site: string, setting: string): Promise<string>
}
