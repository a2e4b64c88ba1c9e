/** How far a command is, in the words of the program that runs. */
export interface Progress {
  readonly what: string
  /** Of the whole, from 0 to 100. */
  readonly percent?: number
  /** How many are known so far: requirements, packages. */
  readonly count?: number
  readonly bytes?: number
  readonly total?: number
}

/** What a command waits for, and who keeps it waiting. */
export interface Waiting {
  readonly for: string
  /** Empty where nobody can tell. */
  readonly holder: string
  readonly seconds: number
}

/** Something that a person should know of, though nothing has failed. */
export interface Notice {
  readonly notice: string
}

/** What is left to be done is nothing that others have to wait for. */
interface Ready {
  readonly ready: true
}

/** What a line of output tells; undefined: it is only output. */
export type ReadLine = (line: string) => Progress | Waiting | Notice | Ready | undefined

/** Reads progress off what a program prints. What it prints may be anything: a reader never throws. */
export interface ProgressReader {
  /** Where the program tells it. */
  readonly stream: 'stdout' | 'stderr'
  /** A line that was printed to be read here, and is no output. */
  readonly isOwn?: (line: string) => boolean
  /** Made anew for each run, for some have to remember what came before. */
  readonly open: () => ReadLine
}
