import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { packageVersions } from '../../probes/dpkg.js'
import { explainApt } from './failure.js'
import { aptGet, usualPatience, type AptPatience } from './apt-get.js'

const names = ['libapache2-mod-wsgi-py3', 'libapache2-mod-wsgi'] as const

const conflict = (name: string, version: string): DeployError =>
  new DeployError('DISTRIBUTION_MODULE', {
    what: `the package ${name} is installed: /etc/apache2/mods-available/wsgi.load is its configuration file`,
    evidence: `${name} ${version}`,
    remedy: 'check that no site of the host needs it, then set "replace-distribution-module: true" to have it removed',
  })

/**
 * mod_wsgi of the distribution is not installed: two modules cannot be loaded (httpd: AH01574), and its wsgi.load is not
 * ours to write (Debian Policy: Configuration files).
 *
 * @param replace whether it may be removed
 * @param patience with others that use apt; default: five minutes
 * Refuses with DISTRIBUTION_MODULE for each package that is installed and may not.
 */
export const noDistributionModule = (replace: boolean, patience: AptPatience = usualPatience): Step =>
  defineStep({
    id: 'apt.distribution-module',
    why: 'two mod_wsgi modules in one Apache crash it',
    title: 'No mod_wsgi of the distribution',
    probes: packageVersions(names),
    refuse: (is) =>
      replace ? [] : names.flatMap((name) => (is[name] === undefined ? [] : [conflict(name, is[name])])),
    plan: (is) => {
      const installed = names.filter((name) => is[name] !== undefined)
      if (installed.length === 0) return []
      return [
        {
          kind: 'remove',
          subject: `packages ${installed.join(' ')}`,
          run: [aptGet(patience, 'purge', ...installed)],
          undo: [aptGet(patience, 'install', '--no-install-recommends', ...installed)],
          explain: explainApt,
        },
      ]
    },
  })
