import { dirname } from 'node:path/posix'
import type { LocalPackage } from '../../core/packages.js'
import type { Probe } from '../../core/probe.js'
import { defineStep, type Step } from '../../core/step.js'
import { secretFileAt, type Entry } from '../../probes/file.js'
import { shell } from '../files.js'

/** From the first folder that is there; nothing comes to its place that is not what was meant. */
const COPY = `set -e; umask 022; place=$1 hash=$2 path=$3; shift 3; folder=\${place%/*}
for code; do [ ! -d "$code" ] || break; done
rm -rf -- "$folder.new"; mkdir "$folder.new"; trap 'rm -rf -- "$folder.new"' EXIT
cp -- "$code/$path" "$folder.new/\${place##*/}"
echo "$hash  $folder.new/\${place##*/}" | sha256sum -c --quiet
rm -rf -- "$folder"; mv -T "$folder.new" "$folder"; trap - EXIT; sync -f "$folder"`

/**
 * Wheels and source distributions that come with the code lie where pip is told, in folders that are named by their content:
 * a release may go, and the requirement is still the same.
 *
 * @param packages each with its place
 * @param folders where the code may lie, the newest first
 */
export const localPackages = (packages: readonly LocalPackage[], folders: readonly string[]): Step => {
  const probes: Record<string, Probe<Entry | null>> = {}
  for (const { place } of packages) probes[place] = secretFileAt(place)
  return defineStep({
    id: 'python.packages',
    why: 'in a folder that is named by its content: other content is another requirement, with another environment',
    title: `Packages of the code: ${packages.map(({ path }) => path).join(', ')}`,
    probes,
    plan: (is) =>
      packages
        .filter(({ place, sha256 }) => is[place]?.sha256 !== sha256)
        .map(({ path, place, sha256 }) => ({
          kind: 'create',
          inert: true,
          subject: `package ${place}`,
          run: [shell(`copy ${path} of the code to ${place}`, COPY, place, sha256, path, ...folders)],
          undo: [shell(`remove ${dirname(place)}`, 'rm -rf -- "$1" "$1.new"', dirname(place))],
        })),
  })
}
