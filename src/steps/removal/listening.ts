import { root } from '../../core/command.js'
import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { fileAt, entryAt, type Entry } from '../../probes/file.js'
import { removeFile } from '../files.js'
import { nameOf, needing, stays, type Removal } from './removal.js'

const fileFor = (link: string): string => `/etc/apache2/conf-available/${nameOf(link)}`

const users = (removal: Removal, link: string): readonly string[] =>
  needing(removal, ({ listening }) => listening.includes(link))

/**
 * Apache listens no more where only this site needed it.
 *
 * @param removal what goes, and what stays
 */
export const removedListening = (removal: Removal): Step => {
  const { manifest, host } = removal
  const ours = manifest.listening.filter((link) => host?.before.paths[link] === null)
  const probes: Record<string, Probe<Entry | null>> = {}
  for (const link of ours) {
    probes[link] = entryAt(link)
    probes[fileFor(link)] = fileAt(fileFor(link))
  }
  return defineStep({
    id: 'apache.listen',
    why: 'a port that nothing answers on any more is closed',
    title: `Apache listens for the site ${manifest.site} no more`,
    probes,
    plan: (is) =>
      ours
        .filter((link) => users(removal, link).length === 0)
        .flatMap((link): readonly Change[] => {
          const name = nameOf(link).replace(/\.conf$/, '')
          const enabled = is[link] ?? null
          return [
            ...(enabled?.kind === 'link'
              ? [
                  {
                    kind: 'remove' as const,
                    subject: `apache configuration ${name}`,
                    run: [root('a2disconf', '-p', '-q', name)],
                    undo: [root('a2enconf', '-q', name)],
                  },
                ]
              : []),
            ...removeFile(fileFor(link), is[fileFor(link)] ?? null),
          ]
        }),
    keeps: (is) =>
      ours.flatMap((link) => {
        const by = users(removal, link)
        return is[link] === null || by.length === 0 ? [] : [stays(fileFor(link), by)]
      }),
    triggers: ['apache.reload'],
  })
}
