import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { entryAt } from '../../probes/file.js'
import { takeBack } from '../files.js'

const available = '/etc/apache2/sites-available'

const foreign = (path: string, what: string): DeployError =>
  new DeployError('FOREIGN_FILE', {
    what: `${path} ${what}`,
    remedy: 'move it away (a2ensite makes links), or choose another site name',
  })

/**
 * The site is enabled, as a2ensite does it (Debian: a2ensite(8)): sites-enabled has its link. a2ensite answers 0 in cases
 * where nothing is served, so we look.
 *
 * @param name of its file in sites-available, without `.conf`
 * Refuses with FOREIGN_FILE where something else than a link lies in its place, or a link that
 * leads out of sites-available.
 */
export const enabledSite = (name: string): Step => {
  const path = `/etc/apache2/sites-enabled/${name}.conf`
  const file = `${available}/${name}.conf`
  return defineStep({
    id: 'apache.enabled-site',
    why: 'a2ensite: Apache reads only sites that are enabled',
    title: `Site ${name} is enabled`,
    probes: { link: entryAt(path) },
    refuse: ({ link }) => {
      if (link === null) return []
      if (link.kind !== 'link')
        return [foreign(path, `is not a link: somebody keeps a ${link.kind} of their own there`)]
      // one that leads nowhere, or to another of the available sites, is a slip of a2ensite: that site stays as it is
      const leads = link.leads ?? file
      return leads.startsWith(`${available}/`) ? [] : [foreign(path, `leads to ${leads}, which is not this site`)]
    },
    plan: ({ link }) => {
      if (link?.target === `../sites-available/${name}.conf`) return []
      const before = link?.target
      return [
        {
          kind: link === null ? 'create' : 'update',
          subject: `apache site ${name}`,
          run: [
            ...(before === undefined ? [] : [{ argv: ['rm', '-f', path] as const, as: 'root' as const }]),
            { argv: ['a2ensite', '-q', name], as: 'root' },
          ],
          undo: [
            takeBack('[ -L "$1" ]', path, 'a2dissite', '-q', name),
            ...(before === undefined ? [] : [{ argv: ['ln', '-sfn', before, path] as const, as: 'root' as const }]),
          ],
        },
      ]
    },
    triggers: ['apache.reload'],
  })
}
