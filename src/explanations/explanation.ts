/** What a code means, for somebody who meets it and has time to read. */
export interface Explanation {
  /** What happened, and in which situations it does. */
  readonly cause: string
  readonly remedy: string
  /** Commands that show more: on this computer, and as root on the host. Words in capitals stand for something. */
  readonly look?: { readonly here?: readonly string[]; readonly onHost?: readonly string[] }
}
