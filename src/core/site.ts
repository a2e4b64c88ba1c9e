import type { Application, ProcessGroup, ScriptDirectory, UserDirectories, WsgiObject } from './applications.js'
import type { Source } from './command.js'
import type {
  AccessRule,
  Authentication,
  EnvironVariable,
  ExistingSite,
  RewriteMap,
  StaticFiles,
  StaticPattern,
  Timeouts,
} from './httpd.js'
import type { Origin } from './repository.js'
import type { LocalPackage } from './packages.js'
import type { Secret } from './secret.js'
import type { Tls } from './tls.js'

/** Hex digits of the beginning of a SHA-256 that are enough to guess by what the host has. */
export const digestLength = 12

/** An archive without what need not be sent, with the list of that in front of it. */
export interface Spared {
  readonly archive: Source
  /** Files that are sent. */
  readonly files: number
  /** How long the list is; a line ends with a zero byte: `SHA256 x PATH`, or f for a file that is not executable. */
  readonly listBytes: number
}

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
  /** The same, when the host has some of the files: `known` are the first `digestLength` digits of their hashes. */
  sparing(known: ReadonlySet<string>): Spared
  /** It is one file, a wheel or a source distribution: its modules are where pip installs them. */
  readonly isPackage?: true
  /** Hash of all that comes of a build depends on; undefined where nothing is built. */
  readonly build?: string
  /** UTC time of this run, `20261124T201300Z`: names the release folder. */
  readonly stamp: string
  /** Where it comes from, when that is a repository. */
  readonly origin?: Origin
}

/** Code that is on the host already; it is used where it lies and never written to. */
export interface HostCode {
  readonly kind: 'path'
  readonly path: string
}

export interface Requirements {
  /** Path of the file inside the code, or undefined when the packages are listed in the flags file. */
  readonly file?: string
  /** Whether that file may be missing: nobody named it. */
  readonly optional?: boolean
  /** One requirement a line, as pip reads them. For code on the host with a file: unknown here, hence empty. */
  readonly text: string
  /** Files of the code that it names. */
  readonly packages?: readonly LocalPackage[]
}

export interface InitCommand {
  readonly argv: readonly [string, ...string[]]
}

/** What is asked after going live, and what counts as an answer. */
export interface Check {
  readonly path: string
  readonly statuses: readonly number[]
  /** Text that it must hold. */
  readonly body?: string
  /** Seconds within which it must have come; undefined: as long as answers usually take. */
  readonly within?: number
}

/** What was made by hand and may be replaced, as long as it has this SHA-256. */
interface Adopted {
  readonly virtualHost?: string
  readonly script?: { readonly path: string; readonly sha256?: string }
}

/** One Flask site, complete and validated: what the playbook is made from. */
export interface Site {
  readonly name: string
  readonly profile: 'hardened' | 'seed'
  readonly serverName: string
  readonly serverAliases: readonly string[]
  /** `*`, or addresses of the host; IPv6 in brackets. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly tls?: Tls
  readonly existingSite?: ExistingSite
  /** It was made by hand before. */
  readonly adopted?: Adopted
  /** `/srv/<name>` unless set. */
  readonly root: string
  readonly code: FolderCode | HostCode
  /** Where the code lies on the host: `<root>/current`, or the folder that was there already. */
  readonly codeFolder: string
  /** Folder in that in which modules are found that are not at its top: `src`. */
  readonly moduleFolder?: string
  /** Where it is not below `<root>/venvs`. */
  readonly venv?: string
  /** The first application that is a module, which `flask` commands are about. */
  readonly wsgi?: WsgiObject
  /** As in the flags file, the one in `wsgi` first. */
  readonly applications: readonly Application[]
  readonly directories: readonly ScriptDirectory[]
  readonly userDirectories?: UserDirectories
  /** The default one first. */
  readonly processGroups: readonly [ProcessGroup, ...ProcessGroup[]]
  /** Forbid embedded mode in the whole server; `auto`: where no other site may need it. */
  readonly restrictEmbedded: boolean | 'auto'
  readonly requirements: Requirements
  readonly pipIndexUrl?: string
  /** Nothing is installed that has no hash in the requirements. */
  readonly requireHashes: boolean
  /** Seconds: for others that use apt, and for a package that says nothing. */
  readonly aptPatience: { readonly lock: number; readonly stall: number }
  readonly settings: Readonly<Record<string, string | Secret>>
  /** Absolute paths of SQLite files on the host. */
  readonly sqlite: readonly string[]
  /** Run once for each release of the code, in it, before anything else is done with it. */
  readonly build?: InitCommand
  readonly init?: InitCommand
  /** Run once for each release of the code, before it goes online. */
  readonly migrate?: InitCommand
  /** Backups of its databases that stay on the host. */
  readonly keepBackups: number
  readonly static: readonly StaticFiles[]
  readonly staticPatterns: readonly StaticPattern[]
  readonly environ: readonly EnvironVariable[]
  readonly rewriteMaps: readonly RewriteMap[]
  readonly authentication?: Authentication
  readonly access: readonly AccessRule[]
  readonly user: string
  readonly group: string
  /** Bytes; the vhost's LimitRequestBody; undefined: not written. */
  readonly maxBody?: number
  readonly timeouts: Timeouts
  readonly errorDocuments: readonly (readonly [status: string, document: string])[]
  /** Of every answer. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** ServerTokens, of the whole server. */
  readonly serverTokens?: string
  /** LogLevel, as it is written: `warn wsgi:info`. */
  readonly logLevel?: string
  readonly check: Check
  /** Releases that stay on the host, the one that is served included. */
  readonly keepReleases: number
  readonly replaceDistributionModule: boolean
  readonly allowUnsupported: boolean
}

/** Where the host is: what ssh is told of it. */
export type Whereabouts = Pick<Connection, 'host' | 'user' | 'port' | 'sshConfigFile'>

/** How to reach the host. */
export interface Connection {
  /** As written: `host`, `user@host`, or an alias of ssh_config. */
  readonly host: string
  readonly user?: string
  readonly port?: number
  readonly identityFile?: string
  readonly sshConfigFile?: string
  /** Who speaks SSH: we, or the ssh of this computer. */
  readonly transport: 'built-in' | 'openssh'
  /** Fingerprints; where there are any, they alone decide which key is the host's. */
  readonly hostKeys?: readonly string[]
  readonly acceptNewHostKey: boolean
  readonly sudoPassword?: Secret
}
