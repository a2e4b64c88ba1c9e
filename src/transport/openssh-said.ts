import type { Readable } from 'node:stream'
import { sanitise } from '../core/sanitise.js'

const kept = 64 * 1024

/** What is no complaint: how ssh goes about it, and what it does not need to say. */
const chatter =
  /^(?:debug\d: |OpenSSH_|Transferred: |Bytes per second: |Warning: Permanently added |Authenticated to |\s*$)/

/** What ssh says of itself while it logs in, and later. */
export class Said {
  #text = ''
  /** Nobody is left who could say more. */
  readonly ended: Promise<void>

  constructor(private readonly stream: Readable) {
    stream.on('data', (piece: Buffer) => (this.#text = (this.#text + piece.toString()).slice(-kept)))
    this.ended = new Promise((resolve) => stream.once('close', resolve))
  }

  /** What is left of it (a ProxyCommand may outlive its ssh) is nobody's business any more. */
  stop(): void {
    this.stream.destroy()
  }

  /** All of it, as lines. */
  get text(): string {
    return sanitise(this.#text.replaceAll('\r', ''))
  }

  /** What is for people. */
  words(): string {
    return this.text
      .split('\n')
      .filter((line) => !chatter.test(line))
      .join('\n')
      .trim()
  }

  /** The key that the host showed: `ssh-ed25519 SHA256:...`. */
  get hostKey(): string | undefined {
    return /^debug1: Server host (?:key|certificate): (\S+ SHA256:[^\s,]+)/m.exec(this.text)?.[1]
  }

  /** Keys that were shown to the host, as `TYPE FILE`. */
  get offered(): readonly string[] {
    return [...this.text.matchAll(/^debug1: Offering public key: (.+?) (?:\S+ )?(\S+) SHA256:/gm)].map(
      ([, file = '', type = '']) => `${type} ${file}`,
    )
  }

  /** Why what was to be reached through it was not. */
  get notReached(): string {
    return this.text.match(/^.*open failed: .*$/gm)?.at(-1) ?? ''
  }

  /** What the host takes. */
  get methods(): readonly string[] {
    const said = [...this.text.matchAll(/^debug1: Authentications that can continue: (\S*)$/gm)].at(-1)?.[1] ?? ''
    return said.split(',').filter((method) => method !== '')
  }
}
