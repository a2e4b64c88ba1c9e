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
  SURVEY_CUT_SHORT: 1,
  ANSWER_UNREADABLE: 1,
  APT_FAILED: 1,
  APT_PACKAGE_MISSING: 1,
  APT_MIRROR_UNREACHABLE: 1,
  PIP_FAILED: 1,
  PIP_INDEX_UNREACHABLE: 1,
  PIP_NO_VERSION: 1,
  DISK_FULL: 1,
  APP_IMPORT_FAILED: 1,
  PATH_UNUSABLE: 1,
  APACHE_CONFIG_BROKEN: 1,
  APACHE_RELOAD_FAILED: 1,
  SITE_NOT_ANSWERING: 1,
  NEIGHBOUR_BROKEN: 1,
  // 2: usage, configuration, or a host this cannot be done on; nothing was changed
  USAGE: 2,
  CONFIG_INVALID: 2,
  CONFIG_UNREADABLE: 2,
  FIELD_MISSING: 2,
  NO_TERMINAL: 2,
  NO_APPLICATION: 2,
  OUTPUT_UNWRITABLE: 2,
  SECRET_MISSING: 2,
  SOURCE_INVALID: 2,
  HOST_UNSUPPORTED: 2,
  HOST_UNFIT: 2,
  PORT_TAKEN: 2,
  NAME_TAKEN: 2,
  FOREIGN_FILE: 2,
  FOREIGN_CONFIG_BROKEN: 2,
  PATH_DANGEROUS: 2,
  APPLY_PLAN_STALE: 2,
  PLAN_FILE_INVALID: 2,
  // 4: connection, host key, login, sudo
  CONNECT_FAILED: 4,
  CONNECTION_LOST: 4,
  HOST_KEY_UNKNOWN: 4,
  HOST_KEY_CHANGED: 4,
  HOST_KEY_REVOKED: 4,
  KNOWN_HOSTS_UNREADABLE: 4,
  KNOWN_HOSTS_UNWRITABLE: 4,
  SSH_CONFIG_UNSUPPORTED: 4,
  SHELL_MISSING: 4,
  LOGIN_FAILED: 4,
  KEY_UNREADABLE: 4,
  SUDO_FAILED: 4,
  SUDO_PASSWORD_MISSING: 4,
  // 5: a person is needed
  UNDO_INCOMPLETE: 5,
  // 70: a bug of ours
  INTERNAL: 70,
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

/** A failure that a user can meet: a permanent code and the four blocks. */
export class DeployError extends Error {
  override readonly name = 'DeployError'

  constructor(
    readonly code: ErrorCode,
    readonly fault: Fault,
    options?: { cause?: unknown },
  ) {
    super(fault.what, options)
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
