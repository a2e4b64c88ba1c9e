import { defineStep, type Step } from '../../core/step.js'
import type { Probe } from '../../core/probe.js'
import { packageVersions, unfinishedPackages } from '../../probes/dpkg.js'
import { aptGet, aptUpdate, usualPatience, type AptPatience } from './apt-get.js'
import { explainApt } from './failure.js'

/**
 * The packages are installed, without those that are only recommended (apt-get(8)); what else is installed stays as it
 * is. What others have left half installed stops nobody while nothing is to be installed. Otherwise apt configures it
 * first, as it always does, and the plan names it: who agrees to the plan agrees to that. An installation that was
 * interrupted is finished by dpkg, which is told too. A hold or a pin is never removed. It is ready, for steps that wait for
 * no more, when all of them are unpacked and the host has room for something else beside dpkg.
 *
 * @param names of packages of the host's own sources, without versions
 * @param patience with others that use apt, and with a package that says nothing; default: five and thirty minutes
 */
export const packages = (names: readonly string[], patience: AptPatience = usualPatience): Step => {
  const probes: Readonly<Record<string, Probe<string | undefined>>> = {
    ...packageVersions(names),
    // no package has a name with a capital letter
    halfInstalled: unfinishedPackages(names),
  }
  return defineStep({
    id: 'apt.packages',
    why: "Apache, what builds mod_wsgi, and Python's venv; waits when somebody else uses apt",
    title: `Packages ${names.join(', ')}`,
    probes,
    plan: (is) => {
      const missing = names.filter((name) => is[name] === undefined)
      if (missing.length === 0) return []
      const halfInstalled = is['halfInstalled']
      return [
        {
          kind: 'create',
          subject: `packages ${missing.join(' ')}`,
          ...(halfInstalled === undefined
            ? {}
            : { reason: `apt finishes first what was left half installed: ${halfInstalled}` }),
          run: [aptUpdate(patience), aptGet(patience, 'install', '--no-install-recommends', ...missing)],
          explain: explainApt,
        },
      ]
    },
  })
}
