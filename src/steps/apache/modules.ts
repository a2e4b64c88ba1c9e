import { defineStep, type Step } from '../../core/step.js'
import { folderAt } from '../../probes/file.js'

/** Modules are enabled: each has its link in mods-enabled. Never one that excludes another (an MPM). */
export const modules = (wanted: readonly string[]): Step =>
  defineStep({
    id: 'apache.modules',
    title: `Apache modules ${wanted.join(', ')}`,
    probes: { enabled: folderAt('/etc/apache2/mods-enabled') },
    plan: ({ enabled }) =>
      wanted
        .filter((name) => {
          const link = enabled.find((entry) => entry.name === `${name}.load`)
          return link?.kind !== 'link' || link.target !== `../mods-available/${name}.load`
        })
        .map((name) => ({
          kind: 'create' as const,
          subject: `apache module ${name}`,
          run: [{ argv: ['a2enmod', '-q', name] as const, as: 'root' as const }],
          undo: [{ argv: ['a2dismod', '-q', '-f', name] as const, as: 'root' as const }],
        })),
    triggers: ['apache.configtest', 'apache.reload'],
  })
