import { createHash } from 'node:crypto'

type Fact = Readonly<Record<string, unknown>>

/** A recorded fact with some of its members changed. */
export const edited =
  (changes: Fact) =>
  (recorded: unknown): unknown => ({ ...(recorded as Fact), ...changes })

/** Nothing is there. */
export const absent = 'null'

/** A recorded file with other content; everything else about it is as it was. */
export const rewritten =
  (change: (content: string) => string) =>
  (recorded: unknown): unknown => {
    const { content, ...rest } = recorded as { readonly content: string }
    const after = Buffer.from(change(Buffer.from(content, 'base64').toString()))
    const sha256 = createHash('sha256').update(after).digest('hex')
    return { ...rest, size: after.length, sha256, content: after.toString('base64') }
  }

const fact = (kind: string, more: Fact): string =>
  JSON.stringify({
    kind,
    mode: '0644',
    owner: 'root',
    group: 'root',
    size: 10,
    links: 1,
    changed: 1,
    modified: 1,
    ...more,
  })

export const aFile = (more: Fact = {}): string => fact('file', more)
export const aFolder = (more: Fact = {}): string => fact('directory', { mode: '0755', links: 2, ...more })
export const aLink = (target: string): string => fact('link', { mode: '0777', target })
export const withContent = (content: string): string =>
  aFile({
    content: Buffer.from(content).toString('base64'),
    sha256: createHash('sha256').update(content).digest('hex'),
    size: Buffer.byteLength(content),
  })
