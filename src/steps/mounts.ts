import type { Change } from '../core/step.js'
import { DeployError } from '../errors.js'
import type { Entry } from '../probes/file.js'

/** Of a change that exchanges what lies at a path: rename(2) does not do that with a mount point. */
export const notMounted = (path: string, is: Entry | null): Pick<Change, 'refusal'> =>
  is?.mounted === true
    ? {
        refusal: new DeployError('PATH_MOUNTED', {
          what: `${path} is a mount point, and would have to be exchanged for another ${is.kind}`,
          remedy: `unmount it (findmnt ${path} says what it is), or mount what you need there at a folder above it`,
        }),
      }
    : {}

export const readOnly = (path: string): DeployError =>
  new DeployError('HOST_READ_ONLY', {
    what: `the file system of ${path} is read-only`,
    remedy: 'mount it read-write (look at dmesg for disk errors first)',
  })

/** A folder that somebody has to be able to write. */
export const refuseReadOnly = (path: string, is: Entry | null): readonly DeployError[] =>
  is?.readOnly === true ? [readOnly(path)] : []
