import { defineStep, type Step } from '../../core/step.js'
import { packageVersions } from '../../probes/dpkg.js'
import { aptGet } from './apt-get.js'
import { explainApt } from './failure.js'

/**
 * The packages are installed, without those that are only recommended (apt-get(8)); what else is installed stays as it
 * is.
 *
 * @param names of packages of the host's own sources, without versions
 */
export const packages = (names: readonly string[]): Step =>
  defineStep({
    id: 'apt.packages',
    why: "Apache, what builds mod_wsgi, and Python's venv; waits when somebody else uses apt",
    title: `Packages ${names.join(', ')}`,
    probes: packageVersions(names),
    plan: (is) => {
      const missing = names.filter((name) => is[name] === undefined)
      if (missing.length === 0) return []
      return [
        {
          kind: 'create',
          subject: `packages ${missing.join(' ')}`,
          run: [aptGet('update'), aptGet('install', '--no-install-recommends', ...missing)],
          explain: explainApt,
        },
      ]
    },
  })
