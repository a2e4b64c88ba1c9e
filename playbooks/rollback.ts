import { definePlaybook } from '../src/core/playbook.js'
import type { Deployment } from '../src/probes/history.js'
import type { SiteManifest } from '../src/probes/manifest.js'
import { reloadHandler, touchHandler } from '../src/steps/apache/handlers.js'
import { currentRelease, venvOfRelease, wentBack } from '../src/steps/site/back.js'
import { servedBy } from '../src/steps/site/deployed.js'

export interface Rollback {
  readonly manifest: SiteManifest
  /** What is online now. */
  readonly from: Deployment | undefined
  readonly to: Deployment & { readonly release: string }
}

/** A release that is on the host already is online again, with the environment that it had. */
export const rollback = definePlaybook<Rollback>({
  name: 'rollback',
  summary: 'A release that was online before, online again',
  phases: ({ manifest, from, to }) => {
    const served = servedBy(manifest, to.venv)
    return [
      {
        title: 'Site',
        steps: [
          currentRelease(manifest.root, to.release),
          ...(to.venv === manifest.venv ? [] : [venvOfRelease(manifest, to.venv)]),
          wentBack(manifest.site, from, to),
        ],
        handlers: [reloadHandler(served), touchHandler(served)],
      },
    ]
  },
})
