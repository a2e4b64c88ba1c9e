/** Everything here is complete: paths are absolute on the host, names and groups are filled in. */

/** `module:object` or `module:factory()`. */
export interface WsgiObject {
  readonly module: string
  readonly object: string
  readonly factory: boolean
}

/** A WSGI script that we write, in the site's wsgi folder. */
export interface GeneratedScript {
  readonly path: string
  /** Where the application comes from: a module of the code, or a script of somebody's own that is run first. */
  readonly wsgi: WsgiObject | { readonly script: string; readonly callable: string }
  readonly wrapper?: WsgiObject
  /** Take the name of the script out of SCRIPT_NAME: a rewrite brings every URL here. */
  readonly hidesScriptName: boolean
}

export type Script =
  | ({ readonly kind: 'generated' } & GeneratedScript)
  /** `path` holds $1 where the mount is a pattern. */
  | { readonly kind: 'own'; readonly path: string }
  /** The next part of the URL names the script. */
  | { readonly kind: 'folder'; readonly path: string }

export type Mount =
  /** `/` or `/wiki`. */
  | { readonly kind: 'url'; readonly url: string }
  /** `/wsgi/`: with a slash at both ends. */
  | { readonly kind: 'folder'; readonly url: string }
  /** `^/wsgi/([^/]+)`. */
  | { readonly kind: 'pattern'; readonly pattern: string }

/** What mod_wsgi is told of an application, however it is reached. */
export interface Behaviour {
  /** Name of a process group of the site, `%{GLOBAL}` (embedded mode) or `%{ENV:NAME}`. */
  readonly processGroup: string
  /** A name, or `%{GLOBAL}`, `%{SERVER}`, `%{HOST}`, `%{RESOURCE}`, `%{ENV:NAME}`. */
  readonly applicationGroup: string
  readonly passAuthorization: boolean
  readonly chunkedRequests: boolean
  /** Loaded when its process starts. */
  readonly preload: boolean
  /** WSGICallableObject, where it is not `application`. */
  readonly callable?: string
}

/** An application of its own: WSGIScriptAlias or WSGIScriptAliasMatch. */
export interface Application extends Behaviour {
  /** The key that it comes from: `wsgi`, `applications.0`. */
  readonly from: string
  readonly mount: Mount
  readonly script: Script
  /** Bytes, where it is not the site's. */
  readonly maxBody?: number
}

interface Handler {
  /** `.wsgi` */
  readonly extension: string
  readonly handler: 'wsgi-script' | 'cgi-script'
}

/** Every URL below the folder's that is no file goes to a script. */
interface Fallback {
  /** Its name in the URL: `site.wsgi`. */
  readonly name: string
  /** The script that we write, outside of the folder; otherwise the file of that name in the folder answers. */
  readonly generated?: GeneratedScript
}

/** A folder in which Apache chooses by handler: Alias with SetHandler or AddHandler. */
export interface ScriptDirectory extends Behaviour {
  /** `directories.0` */
  readonly from: string
  /** `/wsgi/`; `/` makes it the DocumentRoot. */
  readonly url: string
  readonly folder: string
  readonly setHandler?: 'wsgi-script'
  readonly handlers: readonly Handler[]
  readonly multiviews: boolean
  readonly indexes: boolean
  readonly directoryIndex: readonly string[]
  /** Classes of AllowOverride; none: no .htaccess is read. */
  readonly overrides: readonly string[]
  readonly fallback?: Fallback
}

/** WSGI scripts in home directories, served as /~USER/. */
export interface UserDirectories {
  /** `public_html/wsgi-scripts` */
  readonly folder: string
  readonly processGroup: string
}

/** One WSGIDaemonProcess. */
export interface ProcessGroup {
  /** `daemon`, or `process-groups.NAME`. */
  readonly from: string
  /** Unique in the whole server. */
  readonly name: string
  readonly scope: 'virtual-host' | 'server'
  readonly user: string
  readonly group: string
  /** What ps shows of its processes; undefined where that is Apache's own name. */
  readonly title?: string
  /** Options in the order in which they are written; the names are mod_wsgi's. */
  readonly options: readonly (readonly [name: string, value: string])[]
}
