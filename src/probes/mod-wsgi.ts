import type { Answer } from '../core/command.js'
import type { Probe } from '../core/probe.js'
import { DeployError } from '../errors.js'

export interface ModWsgi {
  /** Installed version from pip's metadata: `4.9.4`. */
  readonly version: string | undefined
  /** The lines of `mod_wsgi-express module-config`, checked. */
  readonly config: string
  /** Path of the module; never assumed, its name differs by Python version and machine. */
  readonly module: string
  /** Whether that file is really there. */
  readonly present: boolean
}

/** Quoted as Apache reads it: nothing that would be expanded, or shown as something else. */
const QUOTED = String.raw`"(\/[^"\\$\u0000-\u001f\u007f-\u009f\p{Surrogate}]{1,4096})"`
const CONFIG = new RegExp(
  `^(?:LoadFile ${QUOTED}\\n)?LoadModule wsgi_module ${QUOTED}\\nWSGIPythonHome ${QUOTED}\\n?$`,
  'u',
)

const SH = `
export LC_ALL=C.UTF-8
config=$(exec mod_wsgi-express module-config) || exit 1
module=\${config#*wsgi_module \\"}; module=\${module%%\\"*}
[ -f "$module" ] && printf 'present\\n' || printf 'gone\\n'
package=\${module%/mod_wsgi/server/*}
for info in "$package"/mod_wsgi-*-info; do printf '%s\\n' "\${info##*/}"; break; done
printf '%s\\n' "$config"`

/** Parses the answer of the probe: presence, metadata folder, then the configuration as mod_wsgi-express prints it. */
const parse = (answer: Answer): ModWsgi | null => {
  if (answer.exitCode !== 0) return null
  const [presence, metadata, ...lines] = answer.stdout.split('\n')
  const config = lines.join('\n').trimEnd() + '\n'
  const match = CONFIG.exec(config)
  if (match?.[2]?.endsWith('.so') !== true) {
    throw new DeployError('MODULE_CONFIG_UNREADABLE', {
      what: 'mod_wsgi-express module-config printed something unexpected',
      evidence: answer.stdout.slice(0, 500),
      remedy:
        'look at what "mod_wsgi-express module-config" prints on the host; a newer or patched mod_wsgi may be installed',
    })
  }
  const version = /^mod_wsgi-([0-9][0-9a-z.]*?)(\.dist|-py[0-9.]+\.egg|\.egg)-info$/.exec(metadata ?? '')?.[1]
  return { version, config, module: match[2], present: presence === 'present' }
}

/**
 * mod_wsgi as pip installed it into the system's Python (mod_wsgi: README, Connecting into Apache installation); null when
 * it is not installed or cannot run.
 */
export const modWsgi = (): Probe<ModWsgi | null> => ({ ask: { sh: SH }, as: 'root', parse })
