import type { Path } from './mistake.js'

const isProcessGroup = (path: Path): boolean =>
  (path[0] === 'daemon' && path.length === 1) || (path[0] === 'process-groups' && path.length === 2)

const isNewer = (key: string): boolean => ['switch-interval', 'interrupt-timeout'].includes(key)

/** Other names of options of WSGIDaemonProcess, and those that do not exist yet in the version that can be had. */
export const hintForOption = (parent: Path, key: string): string | undefined => {
  if (!isProcessGroup(parent)) return undefined
  if (key === 'proxy-buffer-size') return 'is the old name of response-buffer-size'
  return isNewer(key)
    ? 'is an option of mod_wsgi 6; for the Python 3.6 of Ubuntu 18.04 there is mod_wsgi 4.9.4 at most'
    : undefined
}

/** Why a number is out of bounds, where the bound itself does not say it. */
export const reasonForLimit = (path: Path): string | undefined =>
  path.at(-1) === 'threads' && isProcessGroup(path.slice(0, -1))
    ? '0 is a mode of mod_wsgi that serves no requests'
    : undefined
