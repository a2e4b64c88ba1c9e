import { z } from 'zod'
import * as text from './fields.js'

export const secretReference = z
  .union(
    [
      z.strictObject({
        env: text.environmentName.meta({ description: 'Name of an environment variable of this computer' }),
      }),
      z.strictObject({
        file: text.localPath.meta({ description: 'Path of a file on this computer, relative to the flags file' }),
      }),
    ],
    { error: 'must be {env: NAME} or {file: PATH}: a secret is never written in the flags file itself' },
  )
  .meta({ description: 'Where a secret comes from; it is never written in the flags file itself' })

export type SecretReference = z.output<typeof secretReference>
