import { lineageOf, liveFolder } from '../src/core/host-paths.js'
import { definePlaybook } from '../src/core/playbook.js'
import { removedAccounts } from '../src/steps/removal/accounts.js'
import { removedSite } from '../src/steps/removal/apache-site.js'
import { disposal, removedFiles, rightsOfBefore } from '../src/steps/removal/files.js'
import { removedHandler } from '../src/steps/removal/gate.js'
import { removedListening } from '../src/steps/removal/listening.js'
import { removedModules, removedModWsgi } from '../src/steps/removal/modules.js'
import { forgotten, notedAsBefore } from '../src/steps/removal/notes.js'
import type { Removal } from '../src/steps/removal/removal.js'
import { needed } from './flask-site-packages.js'

const packagesOf = ({ manifest: { site, before } }: Removal): readonly string[] => [
  ...needed,
  ...(liveFolder(lineageOf(site)) in before.paths ? ['certbot'] : []),
]

/** Everything of a site goes from the host, but for what is said to stay. */
export const removeSite = definePlaybook<Removal>({
  name: 'remove-site',
  summary: 'A site of deploy-flask goes, and the host is as it was before it',
  phases: (removal) => [
    {
      title: 'Site',
      steps: [
        notedAsBefore(removal, packagesOf(removal)),
        removedSite(removal),
        removedListening(removal),
        removedModules(removal),
      ],
      handlers: [removedHandler(removal)],
    },
    { title: 'Files', steps: [removedFiles(removal)] },
    { title: 'Accounts', steps: [removedAccounts(removal)] },
    { title: 'Disposal', steps: [disposal(removal), rightsOfBefore(removal), removedModWsgi(removal)] },
    { title: 'Manifest', steps: [forgotten(removal)] },
  ],
})
