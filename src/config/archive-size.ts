const block = 512

const padded = (bytes: number): number => Math.ceil(bytes / block) * block

/** A name that is long, or holds more than ASCII, stands in a header of its own (POSIX: pax Extended Header). */
const nameBytes = (path: string): number => {
  const bytes = Buffer.byteLength(path)
  return bytes === path.length && bytes <= 100 ? 0 : block + padded(bytes + 'NNN path=\n'.length)
}

/** How many bytes tar makes of it: what the progress of an upload is measured by, and no promise. */
export const archiveSize = (entries: readonly { readonly path: string; readonly bytes: number }[]): number =>
  entries.reduce((sum, { path, bytes }) => sum + nameBytes(path) + block + padded(bytes), 2 * block)
