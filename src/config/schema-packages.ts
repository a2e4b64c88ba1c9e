import { z } from 'zod'
import * as text from './fields.js'

const seconds = z.int().min(1).max(86_400)

export const pip = z
  .strictObject({
    'index-url': text.indexUrl.optional().meta({ description: 'Package index; default: what the host uses' }),
    references: z.boolean().default(false).meta({
      description:
        'Allow requirements that come from elsewhere: another index (--index-url, --extra-index-url), or NAME @ https://... and NAME @ git+https://...',
    }),
    'require-hashes': z.boolean().default(false).meta({
      description: 'Install only what has a --hash in the requirements (pip --require-hashes)',
    }),
  })
  .prefault({})
  .meta({ description: 'Settings for pip' })

export const apt = z
  .strictObject({
    'lock-seconds': seconds.default(300).meta({
      description: 'How long others that use apt or dpkg, or cloud-init, are waited for',
    }),
    'stall-seconds': seconds.default(1800).meta({
      description: 'How long a package may say nothing while it is installed, before it counts as hanging',
    }),
  })
  .prefault({})
  .meta({ description: 'Patience with the package manager of the host' })
