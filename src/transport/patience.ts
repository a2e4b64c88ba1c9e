/** How long a host may be silent, in seconds, before it is given up. A host decides nothing about how long we wait. */
export interface Patience {
  /** From the connection to a session; it stands still while a person is asked. */
  readonly login: number
  /** Until a program that was asked for is started. */
  readonly open: number
  /** Until sudo has given a shell: long enough for a host that looks up its own name in a DNS that does not answer. */
  readonly sudo: number
  /** For all questions together. */
  readonly batch: number
  /** How much longer than the host we wait for the end of a command, for the network. */
  readonly grace: number
}

export const usualPatience: Patience = { login: 20, open: 30, sudo: 60, batch: 60, grace: 15 }
