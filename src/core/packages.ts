/** A wheel or a source distribution that comes with the code: installed from a place that is named by its content. */
export interface LocalPackage {
  /** Inside the code. */
  readonly path: string
  /** Absolute, on the host. */
  readonly place: string
  readonly sha256: string
}
