/** Where text goes. A terminal is known by `isTTY`; results go to stdout, progress and errors to stderr. */
export interface Output {
  readonly isTTY: boolean
  /** Of a terminal, as it is now. */
  readonly columns?: number
  readonly rows?: number
  write(text: string): void
}

/** All that commands see of the process around them, so that tests can be that process. */
export interface Io {
  readonly stdout: Output
  readonly stderr: Output
  /** A person can be asked: a terminal to read from, and one to show the question on. */
  readonly interactive: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  now(): Date
}

/** A reader that went away (`| head -1`) is no reason to fail: what is still written is dropped. */
const output = (stream: NodeJS.WriteStream): Output => {
  let gone = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    gone = true
  })
  return {
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write: (text) => {
      if (!gone) stream.write(text)
    },
  }
}

export const processIo = (): Io => ({
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  env: process.env,
  cwd: process.cwd(),
  now: () => new Date(),
})
