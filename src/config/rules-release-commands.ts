import type { Broken } from './rule.js'
import type { FlagsFile } from './schema.js'

/** Code that lies on the host may change at any time, and nobody sees when it is another release. */
export const releaseCommandRules = (flags: FlagsFile): readonly Broken[] =>
  'path' in flags.code
    ? (['build', 'migrate'] as const)
        .filter((name) => flags[name] !== undefined)
        .map((name) => ({
          path: [name],
          message:
            'needs code that is sent (code: {folder: .} or {git: URL}), for of code on the host nobody knows which release ' +
            'it is: run the command with "deploy-flask run" instead',
        }))
    : []
