/**
 * Every failure that a user can meet is a DeployError with a permanent code: the code is what people search the web
 * for, so a code is never renamed and never reused. The number is the exit code of the process.
 */
export const exitCodes = {
  // 1: the host refused, or did not converge; what we had changed is undone
  STEP_FAILED: 1,
  STEP_NOT_CONVERGED: 1,
  RUN_NOT_CONVERGED: 1,
  COMMAND_TIMEOUT: 1,
  HOST_TOO_SLOW: 1,
  OUTPUT_TOO_LONG: 1,
  SURVEY_CUT_SHORT: 1,
  ANSWER_UNREADABLE: 1,
  MODULE_CONFIG_UNREADABLE: 1,
  DISK_FULL: 1,
  APT_FAILED: 1,
  APT_LOCKED: 1,
  APT_DEPENDENCIES: 1,
  APT_UNTRUSTED: 1,
  APT_PACKAGE_MISSING: 1,
  APT_MIRROR_UNREACHABLE: 1,
  APT_MIRROR_BROKEN: 1,
  APT_RELEASE_DATE: 1,
  APT_HELD: 1,
  APT_STALLED: 1,
  DPKG_INTERRUPTED: 1,
  PIP_FAILED: 1,
  PIP_INDEX_UNREACHABLE: 1,
  PIP_NO_VERSION: 1,
  PIP_CONFLICT: 1,
  PIP_BUILD_FAILED: 1,
  PIP_DOWNLOAD_DAMAGED: 1,
  PIP_KILLED: 1,
  APP_IMPORT_FAILED: 1,
  APP_MODULE_MISSING: 1,
  APP_SYNTAX_ERROR: 1,
  APP_OBJECT_MISSING: 1,
  BUILD_FAILED: 1,
  MIGRATE_FAILED: 1,
  BACKUP_FAILED: 1,
  RESTORE_FAILED: 1,
  PATH_UNUSABLE: 1,
  APACHE_CONFIG_BROKEN: 1,
  APACHE_RELOAD_FAILED: 1,
  SITE_NOT_ANSWERING: 1,
  SITE_ANSWERED_BY_ANOTHER: 1,
  PROCESS_GROUP_WRONG: 1,
  NEIGHBOUR_BROKEN: 1,
  CERTIFICATE_NOT_SERVED: 1,
  ACME_CHALLENGE_FAILED: 1,
  ACME_RATE_LIMITED: 1,
  ACME_FAILED: 1,
  SITE_STILL_THERE: 1,
  PLAYBOOK_FAILED: 1,
  // 2: usage, configuration, or a host this cannot be done on; nothing was changed
  USAGE: 2,
  NODE_TOO_OLD: 2,
  NO_TERMINAL: 2,
  OUTPUT_UNWRITABLE: 2,
  CONFIG_INVALID: 2,
  CONFIG_UNREADABLE: 2,
  YAML_INVALID: 2,
  FLAGS_VERSION_UNKNOWN: 2,
  FIELD_MISSING: 2,
  INVENTORY_INVALID: 2,
  INVENTORY_UNREADABLE: 2,
  NO_HOST_MATCHES: 2,
  HOST_NOT_CHOSEN: 2,
  HOST_TWICE: 2,
  NO_APPLICATION: 2,
  SECRET_MISSING: 2,
  CERTIFICATE_UNREADABLE: 2,
  CERTIFICATE_MISMATCH: 2,
  CERTIFICATE_EXPIRED: 2,
  CERTIFICATE_NAME: 2,
  SOURCE_INVALID: 2,
  SOURCE_UNSENDABLE: 2,
  PROJECT_UNREADABLE: 2,
  REQUIREMENTS_INVALID: 2,
  GIT_MISSING: 2,
  GIT_REPOSITORY_MISSING: 2,
  GIT_REF_MISSING: 2,
  GIT_SUBMODULES: 2,
  GIT_UNSAFE: 2,
  GIT_TOO_LARGE: 2,
  GIT_FAILED: 2,
  HOST_UNSUPPORTED: 2,
  HOST_UNFIT: 2,
  HOST_READ_ONLY: 2,
  HOST_CLOCK_WRONG: 2,
  HOST_MEMORY_LOW: 2,
  APACHE_STOPPED: 2,
  PORT_TAKEN: 2,
  LISTEN_CONFLICT: 2,
  NAME_TAKEN: 2,
  PROCESS_GROUP_TAKEN: 2,
  ADDRESS_TAKEN: 2,
  DEFAULT_SITE_TAKEN: 2,
  EMBEDDED_MODE_CONFLICT: 2,
  EXISTING_SITE_MISSING: 2,
  EXISTING_SITE_NOT_INCLUDED: 2,
  FOREIGN_FILE: 2,
  ADOPT_NOTHING: 2,
  ADOPT_AMBIGUOUS: 2,
  ADOPT_UNSUITABLE: 2,
  FOREIGN_CONFIG_BROKEN: 2,
  DISTRIBUTION_MODULE: 2,
  PATH_DANGEROUS: 2,
  PATH_TAKEN: 2,
  PATH_MOUNTED: 2,
  ACCOUNT_IS_ROOT: 2,
  MANIFEST_UNREADABLE: 2,
  MANIFEST_NEWER: 2,
  SITE_UNKNOWN: 2,
  RELEASE_UNKNOWN: 2,
  RELEASE_MISSING: 2,
  BACKUP_UNKNOWN: 2,
  DATABASE_MISSING: 2,
  APPLY_PLAN_STALE: 2,
  PLAN_FILE_INVALID: 2,
  PLAYBOOK_INVALID: 2,
  PLAYBOOK_UNREADABLE: 2,
  QUEUE_INPUTS_DIFFER: 2,
  QUEUE_RUN_UNKNOWN: 2,
  QUEUE_DATA_INVALID: 2,
  // 4: connection, host key, login, sudo
  CONNECT_FAILED: 4,
  CONNECT_REFUSED: 4,
  CONNECT_TIMEOUT: 4,
  CONNECTION_LOST: 4,
  HOST_NAME_UNKNOWN: 4,
  HOST_UNREACHABLE: 4,
  NO_SSH_SERVER: 4,
  NO_COMMON_ALGORITHM: 4,
  JUMP_HOST_FAILED: 4,
  HOST_KEY_UNKNOWN: 4,
  HOST_KEY_CHANGED: 4,
  HOST_KEY_REVOKED: 4,
  HOST_KEY_NOT_PINNED: 4,
  HOST_CERTIFICATE_UNSUPPORTED: 4,
  KNOWN_HOSTS_UNREADABLE: 4,
  KNOWN_HOSTS_UNWRITABLE: 4,
  SSH_CONFIG_UNREADABLE: 4,
  SSH_CONFIG_UNSUPPORTED: 4,
  SSH_PROGRAM_UNUSABLE: 4,
  SHELL_MISSING: 4,
  SESSIONS_TOO_FEW: 4,
  LOGIN_FAILED: 4,
  CERTIFICATE_UNSUPPORTED: 4,
  PASSWORD_EXPIRED: 4,
  KEY_LOCKED: 4,
  KEY_UNREADABLE: 4,
  SUDO_FAILED: 4,
  SUDO_FORBIDDEN: 4,
  SUDO_MISSING: 4,
  SUDO_TTY_REQUIRED: 4,
  SUDO_PASSWORD_MISSING: 4,
  SUDO_PASSWORD_WRONG: 4,
  GIT_UNREACHABLE: 4,
  GIT_HOST_KEY: 4,
  GIT_LOGIN_FAILED: 4,
  QUEUE_UNREACHABLE: 4,
  QUEUE_LOGIN_FAILED: 4,
  // 5: a person is needed
  UNDO_INCOMPLETE: 5,
  SERVICE_NOT_RESTORED: 5,
  WORKERS_LOST: 5,
  // 70: a bug of ours
  INTERNAL: 70,
  INSTALLATION_BROKEN: 70,
  // 75: another run is at work on the host
  RUN_LOCKED: 75,
  LOCK_LOST: 75,
  // 130: the user stopped it
  INTERRUPTED: 130,
  DECLINED: 130,
} as const

/** `NAME_TAKEN` and the others. */
export type ErrorCode = keyof typeof exitCodes

/** The four blocks that every error shows: what happened, where, the evidence, what to do. */
export interface Fault {
  readonly what: string
  readonly where?: string
  readonly evidence?: string
  readonly remedy: string
}

/** A host may say as much as it likes; of its words only so much is shown, and kept in a log. */
const longestWords = 4_000
const longestEvidence = 100_000

const cut = (text: string): string => (text.length > longestWords ? `${text.slice(0, longestWords)}…` : text)

/** A failure that a user can meet: a permanent code and the four blocks. */
export class DeployError extends Error {
  override readonly name = 'DeployError'

  constructor(
    readonly code: ErrorCode,
    fault: Fault,
    options?: { cause?: unknown },
  ) {
    super(cut(fault.what), options)
    const { what, where, evidence, remedy } = fault
    this.fault = {
      what: cut(what),
      ...(where === undefined ? {} : { where: cut(where) }),
      ...(evidence === undefined ? {} : { evidence: evidence.slice(-longestEvidence) }),
      remedy: cut(remedy),
    }
  }

  readonly fault: Fault

  /** The same failure, with other blocks than its own. */
  with(blocks: Partial<Fault>): DeployError {
    return new DeployError(this.code, { ...this.fault, ...blocks }, { cause: this.cause })
  }

  get exitCode(): number {
    return exitCodes[this.code]
  }

  /** The same failure, seen from further out: fills in where it happened unless that is known already. */
  at(where: string): DeployError {
    if (this.fault.where !== undefined) return this
    return new DeployError(this.code, { ...this.fault, where }, { cause: this.cause ?? this })
  }
}
