import { defineStep, type Step } from '../../core/step.js'
import type { Probe, Probes, StateOf } from '../../core/probe.js'
import { packageVersions, unfinishedPackages } from '../../probes/dpkg.js'
import { aptGet, aptGetWithAhead, usualPatience, type AptPatience } from './apt-get.js'
import { explainApt } from './failure.js'

/** What can be done with packages that are unpacked and not configured yet, to save the time later. */
export interface Ahead<P extends Probes = Probes> {
  readonly probes: P
  /** A script for sh, of which nothing depends; empty where there is nothing to save. */
  script(is: StateOf<P>): string
}

/**
 * The packages are installed, without those that are only recommended (apt-get(8)); what else is installed stays as it
 * is. What others have left half installed stops nobody while nothing is to be installed. Otherwise apt configures it
 * first, as it always does, and the plan names it: who agrees to the plan agrees to that. An installation that was
 * interrupted is finished by dpkg, which is told too. A hold or a pin is never removed.
 *
 * @param names of packages of the host's own sources, without versions
 * @param patience with others that use apt, and with a package that says nothing; default: five and thirty minutes
 * @param ahead what is done while they are being configured
 */
export const packages = <P extends Probes = Probes>(
  names: readonly string[],
  patience: AptPatience = usualPatience,
  ahead?: Ahead<P>,
): Step => {
  const probes: Readonly<Record<string, Probe<string | undefined>>> = {
    ...packageVersions(names),
    // no package has a name with a capital letter
    halfInstalled: unfinishedPackages(names),
  }
  return defineStep({
    id: 'apt.packages',
    why: "Apache, what builds mod_wsgi, and Python's venv; waits when somebody else uses apt",
    title: `Packages ${names.join(', ')}`,
    probes: { ...probes, ...ahead?.probes },
    plan: (all) => {
      // the probes are both its own and those of what is done ahead
      const [is, ofAhead] = [all as StateOf<typeof probes>, all as StateOf<P>]
      const missing = names.filter((name) => is[name] === undefined)
      if (missing.length === 0) return []
      const halfInstalled = is['halfInstalled']
      const script = ahead?.script(ofAhead) ?? ''
      return [
        {
          kind: 'create',
          subject: `packages ${missing.join(' ')}`,
          ...(halfInstalled === undefined
            ? {}
            : { reason: `apt finishes first what was left half installed: ${halfInstalled}` }),
          run: [
            aptGet(patience, 'update'),
            aptGetWithAhead(patience, script, 'install', '--no-install-recommends', ...missing),
          ],
          explain: explainApt,
        },
      ]
    },
  })
}
