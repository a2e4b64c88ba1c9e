/**
 * Text from a host is somebody else's: a log line or a file name may hold sequences that repaint the terminal, hide
 * text or turn its direction. Newline and tab are the only controls that are let through.
 */
const escapeSequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g

const hidden = '\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069'
const unsafe = new RegExp(`[\\u0000-\\u0008\\u000b-\\u001f${hidden}]`, 'g')
const unsafeInJson = new RegExp(`[${hidden}]`, 'g')

const unicodeEscape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** For output of tools: what would be invisible is removed. */
export const sanitise = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(escapeSequences, '').replace(unsafe, '')

/** For what has to be exact, like a diff: what would be invisible is shown. */
export const visible = (text: string): string => text.replace(unsafe, unicodeEscape)

/** JSON that is safe to show on a terminal and in a log of GitHub, which obeys `##[`; and still the same value. */
export const safeJson = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(unsafeInJson, unicodeEscape).replaceAll('##[', '#\\u0023[')
