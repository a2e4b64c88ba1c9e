import type { Command } from 'commander'

export interface CommonOptions {
  readonly file?: string
  readonly host?: string
  readonly sshConfig?: string
  readonly acceptNewHostKey?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
  readonly verbose?: boolean
  readonly log?: string
  /** `--no-color` makes it false. */
  readonly color?: boolean
}

export interface PlanOptions extends CommonOptions {
  readonly exitCode?: boolean
  readonly out?: string
}

export interface ApplyOptions extends CommonOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export interface ExplainOptions extends CommonOptions {
  readonly vhost?: boolean
}

export const withCommonOptions = (command: Command): Command =>
  command
    .option('--host <host>', 'deploy to this host instead of the one in the flags file')
    .option('--ssh-config <file>', 'read this ssh_config instead of ~/.ssh/config')
    .option('--accept-new-host-key', 'trust a host that known_hosts does not name yet, and add its key')
    .option('-q, --quiet', 'show only results and errors')
    .option('-v, --verbose', 'show commands and their output, one line an event')
    .option('--log <file>', 'write everything that happens to this file, as JSON lines')
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')
