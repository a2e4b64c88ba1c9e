import { z } from 'zod'
import * as text from './fields.js'

const sha256 = text.matching(/^[0-9a-f]{64}$/, 'must be what sha256sum prints: 64 digits 0-9 and a-f', 64)

/** What lay on the host before this tool came: named with its content, because nothing else may be replaced. */
export const adopted = z
  .strictObject({
    'virtual-host': sha256.optional().meta({
      description:
        'SHA-256 of the file of the site in /etc/apache2/sites-available that was made by hand: as long as it is that, it may be replaced',
    }),
    script: text.hostPath.optional().meta({
      description: 'WSGI script that was made by hand, in whose place the one of `wsgi` lies',
    }),
    'script-hash': sha256.optional().meta({
      description: 'SHA-256 of that script: as long as it is that, it may be replaced',
    }),
  })
  .meta({ description: 'A site that was made by hand, as `deploy-flask adopt` has found it' })
