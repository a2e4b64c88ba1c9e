/** Code in a git repository, as the flags file names it. */
export interface RepositoryCode {
  readonly git: string
  /** Branch, tag or full commit; undefined: the branch that the repository itself calls its own. */
  readonly ref?: string
  /** Folder within the repository. */
  readonly subfolder?: string
}

/** Where a release comes from: recorded on the host, in the plan, and in a saved plan. */
export interface Origin {
  readonly git: string
  /** As people call it: `main`, `v1.2`, or the commit. */
  readonly ref: string
  /** Full hash. */
  readonly commit: string
}

/** A commit, as files on this computer: those that git has, byte for byte, and nothing else. */
export interface CheckedOut {
  readonly folder: string
  readonly origin: Origin
  /** Folders of which the repository only says where they can be had; nothing of them is there. */
  readonly submodules: readonly string[]
  /** Files of which the repository only says where they can be had (Git LFS). */
  readonly pointers: readonly string[]
}
