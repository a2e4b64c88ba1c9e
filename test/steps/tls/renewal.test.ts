import { absent, withContent } from '../edits.js'
import { lines, stepCases, type Shown } from '../harness.js'

const flags = { tls: { acme: { email: 'me@example.com', agree: true } } }
const folder = '/etc/letsencrypt/renewal-hooks/deploy'
const path = `${folder}/deploy-flask-notes`

const text = `#!/bin/sh
# Managed by deploy-flask: changes made here are replaced.
# Apache reads a renewed certificate when it is reloaded, and only if it accepts its configuration.
[ "\${RENEWED_LINEAGE##*/}" = deploy-flask-notes ] || exit 0
apache2ctl configtest && systemctl reload apache2
`

const written: Shown = {
  kind: 'create',
  subject: `file ${path}`,
  diff: lines('+', text),
  run: [`mkdir -p ${folder}`, `write ${path} (root:root 0755)`],
  undo: [`restore ${path}`],
}

stepCases('tls.renewal', {
  pristine: { flags, answers: { file: absent }, changes: [written] },
  converged: { flags, answers: { file: withContent(text).replace('"0644"', '"0755"') } },
  'is written anew when it was edited': {
    flags,
    answers: { file: withContent(text.replace('##', '#')).replace('"0644"', '"0755"') },
    changes: [
      {
        kind: 'update',
        subject: `file ${path}`,
        diff: [
          '-[ "${RENEWED_LINEAGE#*/}" = deploy-flask-notes ] || exit 0',
          '+[ "${RENEWED_LINEAGE##*/}" = deploy-flask-notes ] || exit 0',
        ],
        run: [`write ${path} (root:root 0755)`],
        undo: [`restore ${path}`],
      },
    ],
  },
})
