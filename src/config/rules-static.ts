import type { Broken } from './rule.js'
import { dollarFault } from './rules-applications.js'
import type { FlagsFile } from './schema.js'

/** mod_wsgi: Configuration Guidelines, Hosting Of Static Files. */
export const staticRules = (flags: FlagsFile): readonly Broken[] =>
  flags['static-patterns'].flatMap(({ match, file }, index) => {
    const path = ['static-patterns', index]
    const dollar = dollarFault(file, match)
    return [
      ...(dollar === undefined ? [] : [{ path: [...path, 'file'], message: dollar }]),
      ...(match.endsWith('$')
        ? []
        : [{ path: [...path, 'match'], message: 'must end with $, or it also matches /x.css.map: ^/([^/]+\\.css)$' }]),
    ]
  })
