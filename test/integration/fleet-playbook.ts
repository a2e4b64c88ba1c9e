import { definePlaybook, defineStep, type Site, type Step } from 'deploy-flask'

/** Whether VERSION is in a file: one step that can be seen, is quick, and fails where a file named `broken` lies. */
const versionFile = ({ root, settings }: Site): Step => {
  const wanted = String(settings['VERSION'])
  const file = `${root}/version`
  const script =
    '[ ! -e "$1/broken" ] || { echo "the disk is on fire" >&2; exit 1; }; mkdir -p "$1"; sleep "$3"; printf %s "$2" >"$1/version"'
  return defineStep({
    id: 'site.version',
    title: `Version ${wanted}`,
    probes: { version: { ask: { sh: `cat ${file} 2>/dev/null || :` }, as: 'root', parse: ({ stdout }) => stdout } },
    plan: ({ version }) =>
      version === wanted
        ? []
        : [
            {
              kind: version === '' ? 'create' : 'update',
              subject: `file ${file}`,
              run: [{ argv: ['sh', '-c', script, 'sh', root, wanted, String(settings['PAUSE'] ?? 0)], as: 'root' }],
              undo: [
                version === ''
                  ? { argv: ['rm', '-f', file], as: 'root' }
                  : { argv: ['sh', '-c', 'printf %s "$1" >"$2"', 'sh', version, file], as: 'root' },
              ],
            },
          ],
  })
}

const stamp = ({ root }: Site): Step =>
  defineStep({
    id: 'site.stamp',
    title: 'Stamp',
    probes: { stamp: { ask: { sh: `cat ${root}/stamp 2>/dev/null || :` }, as: 'root', parse: ({ stdout }) => stdout } },
    plan: ({ stamp: found }) =>
      found === 'stamped'
        ? []
        : [
            {
              kind: 'create',
              subject: `file ${root}/stamp`,
              run: [{ argv: ['sh', '-c', 'printf stamped >"$1/stamp"', 'sh', root], as: 'root' }],
            },
          ],
  })

export default definePlaybook<Site>({
  name: 'version',
  summary: 'A file that says which version it is',
  // a second step only where there is to be time between two of them
  phases: (site) => [
    { title: 'Version', steps: [versionFile(site), ...('PAUSE' in site.settings ? [stamp(site)] : [])] },
  ],
})
