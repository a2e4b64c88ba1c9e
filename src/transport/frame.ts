import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { quote } from '../core/quote.js'
import { GUARD } from './guard.js'

/** Linux takes 128 KiB. */
const longestArgument = 100_000

/**
 * A shell on the host stays open and is sent one script after the other, each as `LENGTH\nSCRIPT`. Two things follow
 * that `bash -s` alone does not give: a script that a lost connection cut short never runs, not even its first line,
 * and bash reads it in blocks rather than byte by byte. In the C locale `read -N` counts bytes.
 */
export const driver = (directory?: string): string =>
  [
    ...surroundings(directory),
    `_guard=${quote(GUARD)}`,
    'while IFS= read -r _length && IFS= read -r -N "$_length" _script; do eval "$_script"; done',
    '',
  ].join('\n')

/** What every shell of ours begins with, whoever's it is. */
export const surroundings = (directory: string | undefined): readonly string[] => [
  'export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  // a core file of whoever has read a secret would hold it
  'unset BASH_ENV ENV CDPATH LANGUAGE; umask 022; ulimit -c 0',
  ...(directory === undefined ? [] : [`cd ${directory}`]),
]

/**
 * A command line that brings its script along: the host then answers to the request itself, where an open shell would
 * first say that it is there, which is one more round trip. Packed, so that it fits into the first packets that TCP
 * sends; on a pipe, so that sudo does not log it. `shell` is a bash that reads its stdin, in blocks as above. Undefined: it
 * is too long.
 */
export const oneShot = (shell: string, script: string, directory?: string): string | undefined => {
  const reading = `IFS= read -r -N ${Buffer.byteLength(script)} _script; eval "$_script"`
  const text = [...surroundings(directory), reading, script].join('\n')
  const packed = gzipSync(text).toString('base64')
  if (packed.length > longestArgument) return undefined
  return `exec /bin/sh -c 'echo ${packed} | base64 -d | gzip -d | exec ${shell}'`
}

export const envelope = (script: string): string => `${Buffer.byteLength(script)}\n${script}`

/**
 * For one of several scripts that are sent at once: it runs only where those before it have ended well. Where they have
 * not, it answers with what they came to.
 */
export const ifBefore = (index: number, script: string, nonce: string): string =>
  index === 0
    ? script
    : `if [ "$_status" = 0 ]; then\n${script}\nelse\n${begin(nonce)}\n${end(nonce, '$_status')}\nfi\n`

/** Guessed by no program on the host, so that nothing it prints can pass for a mark of ours. */
export const newNonce = (): string => randomBytes(12).toString('hex')

/** What stands before a frame's output on a stream; MOTD and `.bashrc` noise come before it and fall away. */
export const beginMark = (nonce: string): string => `${nonce}(\n`

/** What ends a frame's output on a stream; a number and a newline follow. */
export const endMark = (nonce: string): string => `${nonce}) `

export const begin = (nonce: string): string => `printf '%s(\\n' ${nonce}; printf '%s(\\n' ${nonce} >&2`

/** `status` is a piece of shell. One `printf` is one write, so what a daemon prints cannot tear a mark apart. */
export const end = (nonce: string, status: string): string =>
  `printf '%s) %s\\n' ${nonce} "${status}"; printf '%s) 0\\n' ${nonce} >&2`
