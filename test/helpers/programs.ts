import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Real programs, by package; on a machine that lacks them they are installed. Needs root. */
export const ensurePrograms = (wanted: Readonly<Record<string, string>>): void => {
  const missing = Object.entries(wanted).flatMap(([name, file]) => (existsSync(file) ? [] : [name]))
  if (missing.length === 0) return
  const install = `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${missing.join(' ')}`
  // Only the program is wanted: policy-rc.d keeps the package from starting a server of its own.
  const script = `
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    { ${install} || { apt-get update && ${install}; }; } >&2`
  execFileSync('/bin/sh', ['-ec', script])
}
