import type { Guard } from '../src/core/handler.js'
import { definePlaybook } from '../src/core/playbook.js'
import type { SiteManifest } from '../src/probes/manifest.js'
import { touchHandler } from '../src/steps/apache/handlers.js'
import { servedBy } from '../src/steps/site/deployed.js'
import { replacedName, restored, type Restoration } from '../src/steps/site/restored.js'

export interface Restore extends Restoration {
  readonly manifest: SiteManifest
}

/** Data that the code does not fit are restored all the same: to go back with both, this comes first. */
const told = (guard: Guard, wanted: Restoration): Guard => ({
  ...guard,
  judge(answer, before) {
    const error = guard.judge(answer, before)
    return error?.with({
      remedy:
        `the databases are as in ${wanted.backup} all the same. Where they need older code, "deploy-flask rollback" brings it ` +
        `back; "deploy-flask restore ${replacedName(wanted)}" brings back the databases as they were before`,
    })
  },
})

/** The databases of a site as they were, in the site that goes on; then it is asked. */
export const restore = definePlaybook<Restore>({
  name: 'restore',
  summary: 'The databases of a site as they were when a backup was made',
  phases: ({ manifest, ...wanted }) => {
    const { site, sqlite, user, group } = manifest
    const touch = touchHandler(servedBy(manifest, manifest.venv))
    return [
      {
        title: 'Data',
        steps: [restored({ site, files: sqlite, user, group }, wanted)],
        handlers: [{ ...touch, proofs: touch.proofs.map((guard) => told(guard, wanted)), restored: [] }],
      },
    ]
  },
})
