/** What is on the host already, as far as somebody wants to know who chooses names. */
export interface Neighbours {
  /** As a person would call it: `Ubuntu 18.04.6 LTS`. */
  readonly release: string
  readonly isSupported: boolean
  readonly python: string
  /** Apache's version and its MPM; undefined where there is none yet. */
  readonly apache: string | undefined
  readonly freeBytes: number
  /** Files of sites-available. */
  readonly files: readonly { readonly name: string; readonly isOurs: boolean; readonly isEnabled: boolean }[]
  /** ServerName and ServerAlias of all of them. */
  readonly names: readonly { readonly name: string; readonly file: string }[]
  readonly ports: readonly number[]
}
