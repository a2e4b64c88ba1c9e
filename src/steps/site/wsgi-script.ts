import type { Probe } from '../../core/probe.js'
import type { Site } from '../../core/site.js'
import { withoutSecrets } from '../../core/without-secrets.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { fileAt, type Entry } from '../../probes/file.js'
import { managedBy } from '../../templates/vhost.js'
import { wsgiScript as render, type WsgiScript } from '../../templates/wsgi-script.js'
import { fileChange, rootOwned } from '../files.js'
import { adoptAgain, isAdopted, replaced, type ByHand } from './by-hand.js'
import { pathProbes, refuseWay } from './way.js'

const foreignScript = (byHand: ByHand, is: Entry): DeployError =>
  new DeployError('FOREIGN_FILE', {
    what: `${byHand.path} exists already and is not this site's${adoptAgain(byHand)}`,
    where: byHand.path,
    evidence: withoutSecrets(is.content ?? `a ${is.kind} of ${is.owner}`)
      .split('\n')
      .slice(0, 3)
      .join('\n'),
    remedy: 'move it away, or serve it as it is: name it as "script" of an application instead of "wsgi"',
  })

const isOurs = ({ kind, content }: Entry, site: string): boolean =>
  kind === 'file' && (content === '' || content?.startsWith(`${managedBy(site)}:`) === true)

const letItStay =
  'let the script stay as it is: name it as "script" in "applications", instead of "wsgi" and "settings"'

/** What Python reads of a script that is only imports and paths: not comments, blank lines, or which quotes they have. */
const meaningOf = (script: string): string =>
  script
    .split(/\r?\n/)
    .map((line) => line.trimEnd().replaceAll("'", '"').replace(/\/"/g, '"'))
    .filter((line) => line !== '' && !/^\s*#/.test(line))
    .join('\n')

/**
 * The files that mod_wsgi runs (mod_wsgi: Configuration Guidelines, The WSGIScriptAlias Directive); readable by
 * Apache, not writable by the daemon. One that was adopted is left as it is where it says the same.
 *
 * @param wanted where each lies, and what it is rendered from; at least one
 * @param adopted which of them was made by hand
 * Refuses with FOREIGN_FILE where something lies there that this site has not written.
 */
export const wsgiScripts = (wanted: readonly WsgiScript[], adopted: Site['adopted'] = undefined): Step => {
  const byHand = ({ site, script: { path } }: WsgiScript): ByHand => ({
    site,
    path,
    sha256: adopted?.script?.path === path ? adopted.script.sha256 : undefined,
  })
  const place = adopted?.script?.path
  const probes: Record<string, Probe<Entry | null>> = { ...pathProbes([], place === undefined ? [] : [place]) }
  for (const { script } of wanted) probes[script.path] = fileAt(script.path)
  const changesOf = (one: WsgiScript, there: Entry | null): readonly Change[] =>
    there !== null && !isOurs(there, one.site) && isAdopted(byHand(one), there)
      ? replaced(byHand(one), there, render(one), meaningOf)
      : fileChange(one.script.path, there, render(one), rootOwned('0644'))
  return defineStep({
    id: 'site.wsgi-script',
    why: 'what mod_wsgi runs: settings first, then the import of the application',
    title: `WSGI script ${wanted.map(({ script }) => script.path).join(', ')}`,
    probes,
    refuse: (is) =>
      wanted.flatMap((one) => {
        const { path } = one.script
        const there = is[path] ?? null
        if (there !== null && !isOurs(there, one.site) && !isAdopted(byHand(one), there)) {
          return [foreignScript(byHand(one), there)]
        }
        return path === place && changesOf(one, there).length > 0 ? refuseWay(path, is, letItStay) : []
      }),
    plan: (is) => wanted.flatMap((one) => changesOf(one, is[one.script.path] ?? null)),
    triggers: ['apache.touch'],
  })
}
