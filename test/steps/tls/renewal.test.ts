import { absent, aFolder, withContent } from '../edits.js'
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

const made = (where: string): Shown => ({
  kind: 'create',
  subject: `folder ${where}`,
  run: [`install -d -o root -g root -m 0755 ${where}`],
  undo: [`rmdir --ignore-fail-on-non-empty ${where}`],
})
const written: Shown = {
  kind: 'create',
  subject: `file ${path}`,
  diff: lines('+', text),
  run: [`write ${path} (root:root 0755)`],
  undo: [`restore ${path}`],
}

const there = { hooks: aFolder(), folder: aFolder({ mode: '0700' }) }

stepCases('tls.renewal', {
  pristine: {
    flags,
    answers: { hooks: absent, folder: absent, file: absent },
    changes: [made('/etc/letsencrypt/renewal-hooks'), made(folder), written],
  },
  converged: {
    flags,
    answers: { ...there, file: withContent(text).replace('"0644"', '"0755"') },
  },
  'leaves the folders of certbot as they are': { flags, answers: { ...there, file: absent }, changes: [written] },
})
