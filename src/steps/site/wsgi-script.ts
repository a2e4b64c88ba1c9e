import type { Probe } from '../../core/probe.js'
import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { fileAt, type Entry } from '../../probes/file.js'
import { managedBy } from '../../templates/vhost.js'
import { wsgiScript as render, type WsgiScript } from '../../templates/wsgi-script.js'
import { fileChange, rootOwned } from '../files.js'

const foreignScript = (path: string, is: Entry): DeployError =>
  new DeployError('FOREIGN_FILE', {
    what: `${path} exists already and is not this site's`,
    where: path,
    evidence: (is.content ?? `a ${is.kind} of ${is.owner}`).split('\n').slice(0, 3).join('\n'),
    remedy: 'move it away, or serve it as it is: name it as "script" of an application instead of "wsgi"',
  })

const isOurs = ({ kind, content }: Entry, site: string): boolean =>
  kind === 'file' && (content === '' || content?.startsWith(`${managedBy(site)}:`) === true)

/**
 * The files that mod_wsgi runs (mod_wsgi: Configuration Guidelines, The WSGIScriptAlias Directive); readable by
 * Apache, not writable by the daemon.
 *
 * @param wanted where each lies, and what it is rendered from; at least one
 * Refuses with FOREIGN_FILE where something lies there that this site has not written.
 */
export const wsgiScripts = (wanted: readonly WsgiScript[]): Step => {
  const probes: Record<string, Probe<Entry | null>> = {}
  for (const { script } of wanted) probes[script.path] = fileAt(script.path)
  return defineStep({
    id: 'site.wsgi-script',
    why: 'what mod_wsgi runs: settings first, then the import of the application',
    title: `WSGI script ${wanted.map(({ script }) => script.path).join(', ')}`,
    probes,
    refuse: (is) =>
      wanted.flatMap(({ script, site }) => {
        const there = is[script.path] ?? null
        return there === null || isOurs(there, site) ? [] : [foreignScript(script.path, there)]
      }),
    plan: (is) =>
      wanted.flatMap((content) => {
        const { path } = content.script
        return fileChange(path, is[path] ?? null, render(content), rootOwned('0644'))
      }),
    triggers: ['apache.touch'],
  })
}
