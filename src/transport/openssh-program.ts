import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import type { Folder } from './openssh-folder.js'

/** As ssh2 is told; what is not here is said by ssh_config. */
const usual: Readonly<Record<string, string>> = {
  ClearAllForwardings: 'yes',
  CheckHostIP: 'no',
  Compression: 'no',
  ConnectTimeout: '20',
  ForwardAgent: 'no',
  ForwardX11: 'no',
  NoHostAuthenticationForLocalhost: 'no',
  NumberOfPasswordPrompts: '3',
  PermitLocalCommand: 'no',
  RemoteCommand: 'none',
  RequestTTY: 'no',
  ServerAliveCountMax: '3',
  ServerAliveInterval: '10',
  Tunnel: 'no',
  UpdateHostKeys: 'no',
  VerifyHostKeyDNS: 'no',
  VisualHostKey: 'no',
}

export const asOptions = (settings: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])

/** `%` begins a token in the paths and commands of ssh. */
const literally = (text: string): string => text.replaceAll('%', '%%')

/**
 * Logs in, and goes on behind this program's back: it ends by itself ten seconds after everybody has hung up, also where
 * we were killed. Of what it says at -v, the key of the host and what was tried are wanted for errors.
 */
export const masterArgv = (control: string, settings: Readonly<Record<string, string>>): readonly string[] => [
  ...['-v', '-N', '-T', '-a', '-x', '-M', '-S', literally(control)],
  ...asOptions({ ControlPersist: '10', ...settings, ...usual }),
]

/** Nothing but the master: where that is gone, it must never log in by itself. */
export const overMaster = (control: string): readonly string[] => [
  ...['-F', '/dev/null', '-S', literally(control)],
  ...asOptions({ ControlMaster: 'no', ProxyCommand: 'false', BatchMode: 'yes', LogLevel: 'ERROR' }),
]

/** In a session of its own: what is typed at the terminal of a run (Ctrl-C) is not for ssh. */
export const startSsh = (argv: readonly string[], stdio: StdioOptions, folder?: Folder): ChildProcess => {
  const askpass = folder?.askpass
  const asking =
    askpass === undefined
      ? { SSH_ASKPASS_REQUIRE: 'never' }
      : // Before 8.4 ssh asks by a program only where there is a display, and no terminal.
        { SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force', DISPLAY: process.env['DISPLAY'] ?? ':0' }
  return spawn('ssh', argv, { detached: true, stdio, env: { ...process.env, ...asking } })
}
