import type { Source } from './command.js'
import type { Secret } from './secret.js'

/** Code on the operator's computer: packed, hashed and sent. */
export interface FolderCode {
  readonly kind: 'folder'
  /** Absolute path on the operator's computer; for messages. */
  readonly folder: string
  /** Content hash of everything that is sent (names, kinds, executable bits, bytes); 64 hex digits. */
  readonly hash: string
  readonly files: number
  readonly bytes: number
  readonly archive: Source
  /** UTC time of this run, `20261124T201300Z`: names the release folder. */
  readonly stamp: string
}

/** Code that is on the host already; it is used where it lies and never written to. */
export interface HostCode {
  readonly kind: 'path'
  readonly path: string
}

/** `module:object` or `module:factory()`. */
export interface WsgiObject {
  readonly module: string
  readonly object: string
  readonly factory: boolean
}

export interface Requirements {
  /** Path of the file inside the code, or undefined when the packages are listed in the flags file. */
  readonly file?: string
  /** Whether that file may be missing: nobody named it. */
  readonly optional?: boolean
  /** One requirement a line, as pip reads them. For code on the host with a file: unknown here, hence empty. */
  readonly text: string
}

export interface StaticFolder {
  /** `/static/`: begins and ends with a slash. */
  readonly url: string
  /** Relative to the code. */
  readonly folder: string
}

export interface InitCommand {
  readonly argv: readonly [string, ...string[]]
}

/** Options of WSGIDaemonProcess that have a field of their own; seconds where they are times. */
export interface DaemonOptions {
  readonly threads: number
  readonly processes: number
  readonly maximumRequests: number
  readonly queueTimeout: number
  readonly socketTimeout: number
  readonly connectTimeout: number
  readonly requestTimeout: number
  readonly startupTimeout: number
  readonly deadlockTimeout: number
  readonly gracefulTimeout: number
  readonly shutdownTimeout: number
}

/** One Flask site, complete and validated: what the playbook is made from. */
export interface Site {
  readonly name: string
  readonly serverName: string
  readonly serverAliases: readonly string[]
  readonly port: number
  /** `/srv/<name>` unless set. */
  readonly root: string
  readonly code: FolderCode | HostCode
  readonly wsgi: WsgiObject
  readonly requirements: Requirements
  readonly pipIndexUrl?: string
  readonly settings: Readonly<Record<string, string | Secret>>
  /** Absolute paths of SQLite files on the host. */
  readonly sqlite: readonly string[]
  readonly init?: InitCommand
  readonly static: readonly StaticFolder[]
  readonly user: string
  readonly group: string
  readonly daemon: DaemonOptions
  /** Bytes; the vhost's LimitRequestBody. */
  readonly maxBody: number
  /** Path that is asked after going live, and the statuses that count as an answer. */
  readonly check: { readonly path: string; readonly statuses: readonly number[] }
  /** Releases that stay on the host, the one that is served included. */
  readonly keepReleases: number
  readonly replaceDistributionModule: boolean
  readonly allowUnsupported: boolean
}

/** How to reach the host. */
export interface Connection {
  /** As written: `host`, `user@host`, or an alias of ssh_config. */
  readonly host: string
  readonly user?: string
  readonly port?: number
  readonly identityFile?: string
  readonly sshConfigFile?: string
  readonly acceptNewHostKey: boolean
  readonly sudoPassword?: Secret
}
