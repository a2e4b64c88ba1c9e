/** What only a person can answer. `secret`: what is typed must not be shown. A host key is answered with `yes` or `no`. */
export interface Asked {
  readonly about: 'passphrase' | 'login-password' | 'login-prompt' | 'sudo-password' | 'host-key'
  readonly text: string
  readonly secret: boolean
  /** Whose password it is, as far as it may be the same on other hosts. */
  readonly account?: string
}

/** Injected by whoever has a terminal; undefined means that nobody wants to answer. */
export type Ask = (question: Asked) => Promise<string | undefined>
