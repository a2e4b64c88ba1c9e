import type { Command } from '../../core/command.js'
import { defineStep, unknownUntil, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { entryAt, fileAt } from '../../probes/file.js'
import { venvAt, type WantedRequirements } from '../../probes/venv.js'
import type { Account } from '../site/account.js'
import { asBuilder, builderOf, inHandsOf } from './builder.js'
import { checkVenv, explainPip, pipInstall } from './pip.js'

/** Another account cannot open the stdin that root has opened for it, /dev/stdin: it reads it into a pipe of its own. */
const FROM_STDIN = 'exec "$@" -r <(cat)'

/** What pip is told besides the requirements. */
export interface PipSettings {
  /** Of a package index; default: what pip of the host is configured for. */
  readonly indexUrl?: string | undefined
  /** Nothing is installed that has no hash among the requirements. */
  readonly requireHashes?: boolean
}

const install = (venv: string, by: Account, wanted: WantedRequirements, pip: PipSettings): Command => {
  const options = pip.requireHashes === true ? ['--require-hashes'] : []
  if (wanted.file !== undefined) return pipInstall(asBuilder(by), venv, pip.indexUrl, ...options, '-r', wanted.file)
  const prefix = asBuilder(by, 'bash', '-c', FROM_STDIN, 'bash')
  return { ...pipInstall(prefix, venv, pip.indexUrl, ...options), stdin: `${wanted.text}\n` }
}

/**
 * pip takes a package for installed as soon as it has metadata. RECORD is what it writes last: without it, it was killed
 * in the middle.
 */
const REMOVE_HALF = `for info in "$1"/lib/python3*/site-packages/*.dist-info; do
  [ ! -d "$info" ] || [ -e "$info/RECORD" ] || rm -rf -- "$info"
done`

const removeHalf = (venv: string, by: Account): Command => ({
  argv: asBuilder(by, 'sh', '-c', REMOVE_HALF, 'sh', venv),
  as: 'root',
  label: `forget what was installed half-way in ${venv}`,
})

/** Lines that pip reads as something else than a requirement by name: an option, a path, a URL. */
const unchecked = (text: string): readonly string[] =>
  text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => /^-|^\.{0,2}\/|:\/\/|\s@\s/.test(line))

const noteOn =
  (user: string) =>
  (line: string): string =>
    line.includes(' @ file://')
      ? `the requirement "${line}" comes with the code, not from the package index: it runs as ${user}, like the code`
      : `the requirement "${line}" does not come from the package index: whoever can change it there decides what runs as ${user}`

const refuseUnchecked = (file: string, lines: readonly string[]): DeployError =>
  new DeployError('REQUIREMENTS_INVALID', {
    what: `${file} holds lines that are not requirements by name: whether they are met cannot be seen`,
    where: file,
    evidence: lines.slice(0, 10).join('\n'),
    remedy: 'name packages and versions there; the index belongs into pip.index-url',
  })

/**
 * Every requirement, and what those need in turn, is installed in the venv (PEP 508); checked without asking any index.
 *
 * @param venv absolute path of the virtual environment
 * @param wanted lines of requirements, or a file on the host that holds them
 * @param account that pip works as, and what packages run while they are built
 * @param pip which index, and whether hashes are required
 * Refuses with REQUIREMENTS_INVALID where a file on the host holds options, paths or URLs.
 */
export const requirements = (venv: string, wanted: WantedRequirements, account: Account, pip: PipSettings = {}): Step =>
  defineStep({
    id: 'python.requirements',
    why: 'with pip, into the environment that is not serving yet; nothing is asked of the network when all is there',
    title: `Requirements in ${venv}`,
    probes: {
      there: entryAt(venv),
      venv: venvAt(venv, wanted, account.user),
      listed: wanted.file === undefined ? entryAt(venv) : fileAt(wanted.file),
    },
    refuse: ({ listed }) => {
      const lines = wanted.file === undefined ? [] : unchecked(listed?.content ?? '')
      return lines.length === 0 ? [] : [refuseUnchecked(wanted.file ?? '', lines)]
    },
    notes: ({ venv: is }) => (is?.unmet.length === 0 ? [] : unchecked(wanted.text).map(noteOn(account.user))),
    plan: ({ there, venv: is }) => {
      if (there !== null && is === null)
        return unknownUntil('python.venv', 'the venv is broken: what it holds is seen when it works')
      const empty = wanted.file === undefined && wanted.text.trim() === ''
      if (is === null ? empty : is.unmet.length === 0) return []
      const by = builderOf(there, account)
      return [
        {
          // the same of a new venv, which holds pip by then: what was approved must be what is done
          kind: 'run',
          subject: `pip install into ${venv}`,
          ...(is === null ? {} : { reason: is.unmet.slice(0, 5).join('; ') }),
          ...inHandsOf(venv, by, [removeHalf(venv, by), install(venv, by, wanted, pip), checkVenv(venv, by, wanted)]),
          explain: explainPip,
        },
      ]
    },
    triggers: ['site.import', 'apache.touch'],
  })
