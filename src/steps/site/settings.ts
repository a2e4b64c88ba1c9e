import { createHash } from 'node:crypto'
import { Secret } from '../../core/secret.js'
import type { Probe } from '../../core/probe.js'
import { defineStep, type Change, type Step, type StepId } from '../../core/step.js'
import { secretFileAt, type Entry } from '../../probes/file.js'
import { accessChange, restoreFile, writeFile, type Access } from '../files.js'
import { notMounted } from '../mounts.js'

/** Names and values of the application's environment. */
export type Settings = Readonly<Record<string, string | Secret>>

/** The settings as the JSON that the .wsgi script loads; a secret as a whole, whatever is in it. */
export const settingsJson = (settings: Settings): Secret => {
  const names = Object.keys(settings).sort()
  const plain = names.map((name) => {
    const value = settings[name] ?? ''
    return [name, value instanceof Secret ? value.reveal() : value]
  })
  return new Secret(`${JSON.stringify(Object.fromEntries(plain), null, 2)}\n`)
}

interface SecretFile {
  readonly path: string
  readonly access: Access
}

export interface SecretFiles {
  readonly id: StepId
  readonly why: string
  readonly title: string
  /** Each with the same content. */
  readonly files: readonly SecretFile[]
  readonly content: Secret
  /** What they hold, for the plan: never the content itself. */
  readonly holds: string
  readonly triggers: readonly StepId[]
}

/** Files whose content never leaves the host and never stands in a plan: what is compared is its SHA-256. */
export const secretFiles = ({ id, why, title, files, content, holds, triggers }: SecretFiles): Step => {
  const wanted = createHash('sha256').update(content.reveal()).digest('hex')
  const probes: Record<string, Probe<Entry | null>> = {}
  for (const { path } of files) probes[path] = secretFileAt(path)
  return defineStep({
    id,
    why,
    title,
    probes,
    plan: (is) =>
      files.flatMap(({ path, access }): readonly Change[] => {
        const file = is[path] ?? null
        if (file?.kind === 'file' && file.sha256 === wanted) return accessChange('file', path, file, access)
        return [
          {
            kind: file === null ? 'create' : 'update',
            subject: `file ${path}`,
            reason: holds,
            ...notMounted(path, file),
            run: [writeFile(path, content, access)],
            undo: [restoreFile(path, file)],
          },
        ]
      }),
    triggers,
  })
}

/**
 * The application's environment, readable by root and by the groups of the daemons only; SetEnv does not reach os.environ
 * (mod_wsgi: Configuration Guidelines, Application Configuration).
 *
 * @param files where, and for which group; each group has a copy of its own
 * @param settings names and values of the environment
 * @param areLoaded whether the scripts of the site load them
 */
export const settingsFiles = (
  files: readonly { readonly path: string; readonly group: string }[],
  settings: Settings,
  areLoaded = true,
): Step => {
  const names = Object.keys(settings).sort().join(', ')
  return secretFiles({
    id: 'site.settings',
    why: 'environment of the application, readable by root and the group of the site only',
    title: `Settings ${files.map(({ path }) => path).join(', ')}`,
    files: files.map(({ path, group }) => ({ path, access: { owner: 'root', group, mode: '0640' } })),
    content: settingsJson(settings),
    holds: names === '' ? 'no settings' : `settings ${names} (values not shown)`,
    triggers: areLoaded ? ['apache.touch'] : [],
  })
}
