import { dirname } from 'node:path/posix'
import { renewalHook } from '../../core/host-paths.js'
import type { Acme } from '../../core/tls.js'
import { defineStep, type Step } from '../../core/step.js'
import { entryAt, fileAt } from '../../probes/file.js'
import { fileChange, folderChange, rootOwned } from '../files.js'

/** certbot runs it for each certificate that it has renewed (certbot: User Guide, Renewing certificates). */
const scriptFor = ({ lineage }: Acme): string => `#!/bin/sh
# Managed by deploy-flask: changes made here are replaced.
# Apache reads a renewed certificate when it is reloaded, and only if it accepts its configuration.
[ "\${RENEWED_LINEAGE##*/}" = ${lineage} ] || exit 0
apache2ctl configtest && systemctl reload apache2
`

/**
 * A renewed certificate is shown as soon as certbot has it.
 *
 * @param acme which certificate it is about
 */
export const renewal = (acme: Acme): Step => {
  const path = renewalHook(acme.lineage)
  const [hooks, folder] = [dirname(dirname(path)), dirname(path)]
  return defineStep({
    id: 'tls.renewal',
    why: 'certbot renews by its own timer; Apache has to be told of it',
    title: `What certbot runs after a renewal: ${path}`,
    probes: { hooks: entryAt(hooks), folder: entryAt(folder), file: fileAt(path) },
    plan: (is) => [
      ...folderChange(hooks, is.hooks, is.hooks ?? rootOwned('0755')),
      ...folderChange(folder, is.folder, is.folder ?? rootOwned('0755')),
      ...fileChange(path, is.file, scriptFor(acme), rootOwned('0755')),
    ],
  })
}
