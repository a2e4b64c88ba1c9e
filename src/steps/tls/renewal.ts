import { dirname } from 'node:path/posix'
import { root } from '../../core/command.js'
import { renewalHook } from '../../core/host-paths.js'
import { defineStep, type Step } from '../../core/step.js'
import type { Acme } from '../../core/tls.js'
import { fileAt } from '../../probes/file.js'
import { fileChange, rootOwned } from '../files.js'

/** certbot runs it for each certificate that it has renewed (certbot: User Guide, Renewing certificates). */
const scriptFor = ({ lineage }: Acme): string => `#!/bin/sh
# Managed by deploy-flask: changes made here are replaced.
# Apache reads a renewed certificate when it is reloaded, and only if it accepts its configuration.
[ "\${RENEWED_LINEAGE##*/}" = ${lineage} ] || exit 0
apache2ctl configtest && systemctl reload apache2
`

/**
 * A renewed certificate is shown as soon as certbot has it. The folders of certbot stay, whatever becomes of the run: it
 * puts things of its own there when it is started for the first time.
 *
 * @param acme which certificate it is about
 */
export const renewal = (acme: Acme): Step => {
  const path = renewalHook(acme.lineage)
  const folders = root('mkdir', '-p', dirname(path))
  return defineStep({
    id: 'tls.renewal',
    why: 'certbot renews by its own timer; Apache has to be told of it',
    title: `What certbot runs after a renewal: ${path}`,
    probes: { file: fileAt(path) },
    plan: ({ file }) =>
      fileChange(path, file, scriptFor(acme), rootOwned('0755')).map((change) =>
        file === null ? { ...change, run: [folders, ...change.run] } : change,
      ),
  })
}
