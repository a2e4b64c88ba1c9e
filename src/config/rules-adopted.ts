import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'

/** A site that was made by hand has a virtual host of its own, and at most one script that becomes ours. */
export const adoptedRules = (flags: FlagsFile): readonly Broken[] => {
  const { adopted } = flags
  if (adopted === undefined) return []
  return [
    ...(adopted.script !== undefined && flags.wsgi === undefined
      ? [{ path: ['adopted', 'script'], message: 'is the place of the script of "wsgi", and there is no "wsgi"' }]
      : []),
    ...(adopted['script-hash'] !== undefined && adopted.script === undefined
      ? [{ path: ['adopted', 'script-hash'], message: 'is that of the script in "adopted.script", which is missing' }]
      : []),
    ...(flags['existing-site'] === undefined
      ? []
      : [{ path: ['adopted'], message: 'cannot stand beside existing-site, whose virtual host belongs to others' }]),
  ]
}
