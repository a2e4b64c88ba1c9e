/** A directive that no setting says, or that is not needed: what it is, and what becomes of it. */
export interface Left {
  /** `/etc/apache2/sites-available/shop.conf:12` */
  readonly where: string
  readonly text: string
  readonly why: string
  /** Without it the site would be open to people who are kept out now. */
  readonly protects: boolean
  /** Only where there is this file. */
  readonly onlyWith?: string
}

/** A mount, as WSGIScriptAlias says it. */
export interface HandMount {
  readonly url: string
  readonly script: string
  readonly line: number
  readonly processGroup?: string
  readonly applicationGroup?: string
}

export interface HandDaemon {
  readonly name: string
  readonly options: ReadonlyMap<string, string>
  readonly scope: 'virtual-host' | 'server'
  readonly line: number
}

/** What holds for the scripts in a folder, below a URL, or everywhere in the virtual host. */
export interface HandScope {
  readonly folder?: string
  readonly url?: string
  readonly said: ReadonlyMap<string, readonly string[]>
  readonly line: number
}

/** A virtual host that was made by hand, as far as it could be read. */
export interface HandHost {
  readonly addresses: readonly string[]
  readonly port: number
  readonly serverName: string | undefined
  readonly aliases: readonly string[]
  readonly mounts: readonly HandMount[]
  readonly daemons: readonly HandDaemon[]
  readonly scopes: readonly HandScope[]
  readonly files: readonly { readonly url: string; readonly path: string; readonly line: number }[]
  /** Values of settings, by their keys in the flags file: `log-level`. */
  readonly settings: ReadonlyMap<string, unknown>
  readonly left: readonly Left[]
}
