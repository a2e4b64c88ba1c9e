import type { Secret } from './secret.js'

/** What Apache itself is told of a site: files, variables, access, limits. Paths are absolute on the host. */
export interface StaticFiles {
  /** The key that it comes from: `static./media/`. */
  readonly from: string
  /** `/media/` for a folder, `/favicon.ico` for a file. */
  readonly url: string
  /** Without a slash at the end. */
  readonly path: string
  /** Seconds. */
  readonly maxAge?: number
  readonly headers: readonly (readonly [name: string, value: string])[]
}

export interface StaticPattern {
  /** `static-patterns.0` */
  readonly from: string
  readonly pattern: string
  /** With $1 to $9. */
  readonly path: string
}

export type When =
  /** SetEnvIf */
  | { readonly attribute: string; readonly matches: string; readonly value: string }
  /** RewriteCond */
  | { readonly test: string; readonly matches: string; readonly value: string }

/** A variable of the WSGI environment. */
export interface EnvironVariable {
  readonly from: string
  readonly name: string
  readonly value:
    | { readonly kind: 'fixed'; readonly text: string }
    | { readonly kind: 'conditional'; readonly otherwise?: string; readonly when: readonly When[] }
    | { readonly kind: 'map'; readonly map: string; readonly key: string; readonly otherwise: string }
}

export interface RewriteMap {
  readonly from: string
  readonly name: string
  readonly type: 'txt' | 'dbm'
  /** The file that RewriteMap names. */
  readonly path: string
  /** Undefined where the file is the host's own. */
  readonly entries?: readonly (readonly [key: string, value: string])[]
}

/** Basic authentication by Apache. */
export interface Authentication {
  readonly realm: string
  /** The htpasswd file. */
  readonly path: string
  /** Its content, where we write it; undefined where it is the host's own. */
  readonly content?: Secret
}

export interface AccessRule {
  readonly from: string
  /** `<Location>` or `<Directory>`. */
  readonly on: { readonly url: string } | { readonly folder: string }
  readonly addresses: readonly string[]
  readonly users: 'any' | readonly string[]
  readonly satisfy: 'all' | 'any'
  readonly deny: boolean
}

/** Seconds; undefined leaves what the server has. */
export interface Timeouts {
  readonly idle?: number
  readonly header?: number
  readonly body?: number
  /** Bytes a second. */
  readonly minimumRate: number
}

/** Mounted in the virtual host of somebody else, which includes our file by one line. */
export interface ExistingSite {
  /** `/etc/apache2/sites-available/php.conf` */
  readonly file: string
  readonly addInclude: boolean
}
