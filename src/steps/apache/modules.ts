import { root } from '../../core/command.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { folderAt } from '../../probes/file.js'

const folder = '/etc/apache2/mods-enabled'

/** Modules are enabled: each has its link in mods-enabled. Never one that excludes another (an MPM). */
export const modules = (wanted: readonly string[]): Step =>
  defineStep({
    id: 'apache.modules',
    title: `Apache modules ${wanted.join(', ')}`,
    probes: { enabled: folderAt(folder) },
    refuse: ({ enabled }) =>
      enabled
        .filter(({ name, kind }) => kind !== 'link' && wanted.some((module) => name === `${module}.load`))
        .map(
          ({ name, kind }) =>
            new DeployError('FOREIGN_FILE', {
              what: `${folder}/${name} is not a link: somebody keeps a ${kind} of their own there`,
              remedy: 'move it away: a2enmod makes links to mods-available',
            }),
        ),
    plan: ({ enabled }) =>
      wanted.flatMap((name): readonly Change[] => {
        const path = `${folder}/${name}.load`
        const link = enabled.find((entry) => entry.name === `${name}.load`)
        if (link?.target === `../mods-available/${name}.load`) return []
        // a2enmod does not touch a link that leads elsewhere
        const before = link?.target
        return [
          {
            kind: link === undefined ? 'create' : 'update',
            subject: `apache module ${name}`,
            run: [...(before === undefined ? [] : [root('rm', '-f', path)]), root('a2enmod', '-q', name)],
            undo: [
              root('a2dismod', '-q', '-f', name),
              ...(before === undefined ? [] : [root('ln', '-sfn', before, path)]),
            ],
          },
        ]
      }),
    triggers: ['apache.configtest', 'apache.reload'],
  })
