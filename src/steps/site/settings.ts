import { createHash } from 'node:crypto'
import { Secret } from '../../core/secret.js'
import { defineStep, type Step } from '../../core/step.js'
import { secretFileAt } from '../../probes/file.js'
import { accessChange, restoreFile, writeFile, type Access } from '../files.js'

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

/**
 * The application's environment, readable by root and the daemon's group only. Its content never leaves the host and
 * never stands in a plan: what is compared is its SHA-256.
 */
export const settingsFile = (path: string, settings: Settings, access: Access): Step => {
  const json = settingsJson(settings)
  const wanted = createHash('sha256').update(json.reveal()).digest('hex')
  const names = Object.keys(settings).sort().join(', ')
  return defineStep({
    id: 'site.settings',
    title: `Settings ${path}`,
    probes: { file: secretFileAt(path) },
    plan: ({ file }) => {
      if (file?.kind === 'file' && file.sha256 === wanted) return accessChange('file', path, file, access)
      return [
        {
          kind: file === null ? 'create' : 'update',
          subject: `file ${path}`,
          reason: names === '' ? 'no settings' : `settings ${names} (values not shown)`,
          run: [writeFile(path, json, access)],
          undo: [restoreFile(path, file)],
        },
      ]
    },
    triggers: ['apache.touch'],
  })
}
