/** What a project folder tells about an application, each value with the place that tells it. */
export interface Project {
  /** The folder that was looked at, absolute. */
  readonly root: string
  /** The folder of the code, absolute: what is imported is imported from here. */
  readonly folder: string
  /** Folders that hold an application, relative to the root, best first; with more than one a person has to choose. */
  readonly folders: readonly Finding<string>[]
  /** A name for the site. */
  readonly name: string
  readonly framework: Framework
  /** `module:object` and `module:factory()`, best first. */
  readonly wsgi: readonly Finding<string>[]
  /** A file inside the code, or a list, best first. */
  readonly requirements: readonly Finding<string | readonly string[]>[]
  /** Which versions of Python may run it, as in `requires-python`. */
  readonly python: readonly Finding<string>[]
  /** Folders inside the code. */
  readonly static: readonly Finding<StaticFolder>[]
  /** Names in the folder of the data, or absolute paths. */
  readonly sqlite: readonly Finding<string>[]
  readonly settings: readonly Finding<FoundSetting>[]
  /** Commands that prepare the database, best first. */
  readonly init: readonly Finding<string>[]
  /** What a person should know; each is a sentence. */
  readonly notes: readonly Finding<string>[]
}

/** A value and where it was found. */
export interface Finding<T> {
  readonly value: T
  /** `shop/__init__.py:12`, relative to the root. */
  readonly where: string
  /** `app = Flask(__name__)`: one short line. */
  readonly because: string
}

export type Framework = 'flask' | 'other-wsgi' | 'none'

export interface StaticFolder {
  /** With a slash at both ends. */
  readonly url: string
  readonly folder: string
}

export interface FoundSetting {
  readonly name: string
  /** Without it the application does not start, or not all of it works. */
  readonly required: boolean
  /** What the code takes without it; that of a secret is not told. */
  readonly default?: string
  readonly secret: boolean
  /** It says where a SQLite file lies. */
  readonly sqlite?: { readonly file: string; readonly form: 'path' | 'url' }
}
