import { z } from 'zod'
import type { Answer } from '../core/command.js'
import type { Probe } from '../core/probe.js'
import { quote } from '../core/quote.js'
import { list, text } from './facts.js'
import { venvScript } from './venv-script.js'

const venv = z.object({
  prefix: text,
  /** `3.6` */
  python: text,
  /** Whether bin/pip can be run. */
  pip: z.boolean(),
  tools: z.record(text, text),
  /** What the requirements ask for and the venv does not have, one sentence each. */
  unmet: list(text),
})

export type Venv = z.output<typeof venv>

export interface WantedRequirements {
  /** Requirements, one a line. */
  readonly text: string
  /** Or a requirements file on the host. */
  readonly file?: string
  /** Whether that file may be missing. */
  readonly optional?: boolean
}

const askedOf = ({ text, file, optional }: WantedRequirements): string =>
  JSON.stringify({ text, file: file ?? null, optional: optional ?? false })

/**
 * What an answer depends on, by builtins of bash alone: what is wanted, and the packages that are installed, by the
 * names of their metadata folders. Set only when the venv's python is the host's own and pip is there.
 */
const keyOf = (path: string, wanted: WantedRequirements): string => `
cd ${quote(path)} 2>/dev/null || exit 1
asked=${quote(askedOf(wanted))}
key=
if [ bin/python -ef /usr/bin/python3 ] && [ -f pyvenv.cfg ] && [ -x bin/pip ] && [ -f lib/python3*/site-packages/pip/__init__.py ]; then
  printf -v key '%s ' "$asked" lib/python3*/site-packages/*-info
  ${wanted.file === undefined ? '' : `[ -f ${quote(wanted.file)} ] && key="$key $(<${quote(wanted.file)})"`}
fi`

/**
 * What is installed runs as soon as its python starts: never as root, but as whoever owns it, or as the account that it
 * is for. Whoever is not root is that account already.
 */
const check = (path: string, user: string): string => `
as=()
if [ "$EUID" = 0 ]; then
  who=$(stat -c %U .); [ "$who" != root ] || who=${quote(user)}
  id -u "$who" >/dev/null 2>&1 || who=nobody
  as=(runuser -u "$who" -- env HOME=/nonexistent)
fi
"\${as[@]}" ${quote(path)}/bin/python -I -c ${quote(venvScript)} "$asked"`

/** The answer of the last full check, and what it depended on; its owner is that of the venv. */
const memo = '.deploy-flask-checked'

const parse = (answer: Answer): Venv | null => {
  if (answer.exitCode !== 0) return null
  try {
    return venv.parse(JSON.parse(answer.stdout))
  } catch {
    // A python that prints anything else is not a working venv: it is made anew.
    return null
  }
}

/**
 * A virtual environment as its own python sees it; null when there is none or it does not work. Its python is started
 * only when something has changed since it was asked last: that costs more than all other questions together.
 *
 * @param path absolute path of its root
 * @param wanted requirements that are looked for in it
 * @param user account that its python is started as, where it is root's
 */
export const venvAt = (path: string, wanted: WantedRequirements, user: string): Probe<Venv | null> => ({
  ask: {
    sh: `${keyOf(path, wanted)}
if [ -n "$key" ] && [ -f ${memo} ] && { IFS= read -r answer && IFS= read -r -d '' known; [ "$known" = "$key"$'\\n' ]; } 2>/dev/null <${memo}
then printf '%s\\n' "$answer"; exit 0; fi
${check(path, user)}`,
  },
  as: 'root',
  parse,
})

/** Asks the venv's python and keeps the answer in the venv, for bash. */
export const rememberVenv = (path: string, user: string, wanted: WantedRequirements): string => `set -e
${keyOf(path, wanted)}
answer=$(${check(path, user)})
printf '%s\\n' "$answer" "$key" >${memo}.new
mv -fT ${memo}.new ${memo}`
