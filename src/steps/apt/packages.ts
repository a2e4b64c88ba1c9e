import type { Command } from '../../core/command.js'
import { defineStep, type Step } from '../../core/step.js'
import { packageVersions } from '../../probes/dpkg.js'
import { shell } from '../files.js'
import { explainApt } from './failure.js'

/**
 * apt-get, waiting up to five minutes for another apt: apt 1.6 has no option for that. A mirror that cannot be reached
 * is an error, not a warning, and nothing ever asks.
 */
const APT = `export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a LC_ALL=C.UTF-8
said=$(mktemp) || exit 1; trap 'rm -f "$said"' EXIT; tries=0
while :; do
  apt-get -q -y -o APT::Update::Error-Mode=any -o Acquire::Retries=2 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" </dev/null 2>"$said" && exit 0
  code=$?; cat "$said" >&2
  grep -qE 'Could not get lock|frontend lock|Unable to lock' "$said" && [ "$tries" -lt 150 ] || exit "$code"
  tries=$((tries + 1)); sleep 2
done`

export const aptGet = (...args: readonly string[]): Command => ({
  ...shell(`apt-get ${args.join(' ')}`, APT, ...args),
  seconds: 1800,
})

/**
 * The packages are installed, without those that are only recommended (apt-get(8)); what else is installed stays as it
 * is.
 *
 * @param names of packages of the host's own sources, without versions
 */
export const packages = (names: readonly string[]): Step =>
  defineStep({
    id: 'apt.packages',
    why: "Apache, what builds mod_wsgi, and Python's venv; waits when somebody else uses apt",
    title: `Packages ${names.join(', ')}`,
    probes: packageVersions(names),
    plan: (is) => {
      const missing = names.filter((name) => is[name] === undefined)
      if (missing.length === 0) return []
      return [
        {
          kind: 'create',
          subject: `packages ${missing.join(' ')}`,
          run: [aptGet('update'), aptGet('install', '--no-install-recommends', ...missing)],
          explain: explainApt,
        },
      ]
    },
  })
