import { defineHandler, type Handler } from '../../core/handler.js'
import { apacheRuntime } from '../../probes/apache.js'
import { configtest, reloadFailed } from '../apache/handlers.js'
import { reload, reloadOrStart } from '../apache/service.js'
import { servedBy } from '../site/deployed.js'
import { answersAsBefore, isGone, remember } from '../site/live.js'
import type { Removal } from './removal.js'

/**
 * Apache reads its configuration without the site: it is gone, and every other site answers as before.
 *
 * @param removal what goes, and what stays
 */
export const removedHandler = ({ manifest, others }: Removal): Handler => {
  const { live } = servedBy(manifest, manifest.venv)
  const theirs = others.flatMap(({ processGroups }) => processGroups.flatMap(({ title }) => title ?? []))
  const titles = live.groups.flatMap(({ title }) => (title === undefined || theirs.includes(title) ? [] : [title]))
  return defineHandler({
    id: 'apache.reload',
    why: 'requests that run are finished first; then every site that answered before is asked again',
    title: 'Reload Apache',
    probes: { apache: apacheRuntime([], titles) },
    needed({ apache }, changed) {
      if (changed) return 'the site leaves its configuration'
      return apache.daemons.length > 0 ? 'processes of the site still run' : undefined
    },
    before: remember(live),
    guards: [configtest],
    run: [reload()],
    proofs: [isGone(live, titles, manifest.existingSite)],
    restore: [reloadOrStart()],
    restored: [answersAsBefore(live)],
    explain: reloadFailed,
  })
}
