import type { Command } from '../../core/command.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { entryAt, wayTo } from '../../probes/file.js'
import { hostFacts } from '../../probes/host.js'
import { venvAt, type Venv, type WantedRequirements } from '../../probes/venv.js'
import { shell } from '../files.js'
import type { Account } from '../site/account.js'
import { refuseThrough } from '../site/way.js'
import { asBuilder, builderOf, inHandsOf, inNewHandsOf, isLoose, seal } from './builder.js'
import { checkVenv, explainPip, pipInstall } from './pip.js'
import { versionsFor } from './versions.js'

const create = (path: string, by: Account, ...options: readonly string[]): Command => ({
  argv: asBuilder(by, 'python3', '-m', 'venv', '--without-pip', ...options, path),
  as: 'root',
})

/**
 * Debian keeps the pip of ensurepip, and what that needs, as wheels in one folder (packages python-pip-whl, python3-pip-whl).
 * Run from there, it installs the pip that is wanted at once: otherwise it would install itself first, to be replaced. It
 * does not see what the environment holds of the same names.
 */
export const WITH_FIRST_PIP = [
  'pip=(/usr/share/python-wheels/pip-*.whl) wheels=(/usr/share/python-wheels/*.whl)',
  'if [ -e "$pip" ]; then export PYTHONPATH=$(IFS=:; printf %s "${wheels[*]}")',
  'else "$1" -Im ensurepip --upgrade --default-pip || exit; fi',
  'exec "$@"',
].join('; ')

const withFirstPip = (by: Account): readonly [string, ...string[]] =>
  asBuilder(by, 'bash', '-c', WITH_FIRST_PIP, 'bash')

/** venv replaces neither a link that leads nowhere nor a pip of which only the metadata is left. */
const REMOVE_BROKEN =
  'rm -rf -- "$1"/bin/python "$1"/bin/python3 "$1"/lib/python*/site-packages/pip "$1"/lib/python*/site-packages/pip-*'

const removeBroken = (path: string, by: Account): Command => ({
  argv: asBuilder(by, 'sh', '-c', REMOVE_BROKEN, 'sh', path),
  as: 'root',
  label: `remove pip and the links to python from ${path}`,
})

const toolsOf = (python: string) => {
  const { pip, setuptools, wheel } = versionsFor(python)
  return { pip, setuptools, wheel }
}

const toolRequirements = (python: string): readonly [pip: string, ...others: string[]] => {
  const { pip, ...others } = toolsOf(python)
  return [`pip==${pip}`, ...Object.entries(others).map(([name, version]) => `${name}==${version}`)]
}

const wrong = (is: Venv | null, path: string, python: string): string | undefined => {
  if (is === null) return 'its python does not run, or pip is missing'
  if (is.prefix !== path) return `its python says that it lives in ${is.prefix}`
  if (is.python !== python) return `it is made for Python ${is.python}, the host has ${python}`
  if (!is.pip) return 'its pip cannot be run'
  return undefined
}

const staleTools = (is: Venv, python: string): string | undefined => {
  const stale = Object.entries(toolsOf(python)).filter(([name, version]) => is.tools[name] !== version)
  if (stale.length === 0) return undefined
  return stale.map(([name, version]) => `${name} ${is.tools[name] ?? 'missing'} becomes ${version}`).join(', ')
}

export interface VenvSettings {
  /** Of a package index; default: what pip of the host is configured for. */
  readonly indexUrl?: string | undefined
  /** A folder to which the way is judged elsewhere: what lies in it is not judged again. */
  readonly within?: string
  /** It was made by hand: as long as it works and nothing is to be installed, it is left as it is, with its owner. */
  readonly adopted?: boolean
}

const isLeft = (is: Venv | null, path: string, python: string, { adopted }: VenvSettings): boolean =>
  adopted === true && wrong(is, path, python) === undefined && is?.unmet.length === 0

/**
 * A virtual environment that works, for the host's Python, with the last pip, setuptools and wheel for it (PEP 405). One
 * that does not is repaired where it is. It is made by the account of the application and root's afterwards, unless it
 * belonged to somebody else before.
 *
 * @param path absolute path of its root
 * @param wanted requirements, which the look at it is remembered by
 * @param account that pip works as
 * @param settings which index, and where it lies
 * Refuses with PATH_DANGEROUS where others than root can change the way to it.
 */
export const venv = (path: string, wanted: WantedRequirements, account: Account, settings: VenvSettings = {}): Step =>
  defineStep({
    id: 'python.venv',
    why: 'each set of requirements has an environment of its own, so the one that serves is never changed',
    title: `Virtual environment ${path}`,
    probes: {
      way: wayTo(path),
      there: entryAt(path),
      venv: venvAt(path, wanted, account.user),
      host: hostFacts(['/usr']),
    },
    refuse: ({ there, way, venv: is, host }) =>
      isLeft(is, path, host.python, settings) ||
      builderOf(there, account).isOwner ||
      (settings.within !== undefined && path.startsWith(`${settings.within}/`))
        ? []
        : refuseThrough(path, way, 'set "venv" to a path of which all folders are root\'s'),
    notes: ({ there, venv: is, host }) =>
      there?.owner === account.user && isLeft(is, path, host.python, settings)
        ? [`${path} was made by hand and belongs to ${account.user}: the application can change what it runs`]
        : [],
    plan: ({ there, venv: is, host }): readonly Change[] => {
      if (isLeft(is, path, host.python, settings)) return []
      const subject = `venv ${path}`
      const by = builderOf(there, account)
      const [pip, ...others] = toolRequirements(host.python)
      const firstPip = (...more: readonly string[]): Command =>
        pipInstall(withFirstPip(by), path, settings.indexUrl, '--ignore-installed', pip, ...more)
      const check = checkVenv(path, by, wanted)
      const tools = (...options: readonly string[]): readonly Command[] => [
        pipInstall(asBuilder(by), path, settings.indexUrl, ...options, pip, ...others),
        check,
      ]
      const anew = (...options: readonly string[]): readonly Command[] => [
        create(path, by, ...options),
        firstPip(...others),
        check,
      ]
      if (there === null) {
        return [
          {
            kind: 'create',
            inert: true,
            subject,
            run: inNewHandsOf(path, by, anew()),
            undo: [shell(`remove ${path}`, 'rm -rf -- "$1"', path)],
            explain: explainPip,
          },
        ]
      }
      const update = (reason: string, done: Pick<Change, 'run' | 'undo'>): readonly Change[] => [
        { kind: 'update', subject, reason, ...done, explain: explainPip },
      ]
      const broken = wrong(is, path, host.python)
      if (broken !== undefined) {
        const otherPython = is !== null && is.python !== host.python
        const [how, done] = otherPython
          ? ['made anew', anew('--clear')]
          : ['repaired', [removeBroken(path, by), create(path, by), firstPip(), ...tools('--force-reinstall')]]
        return update(`${broken}: it is ${how}`, inHandsOf(path, by, done))
      }
      const stale = is === null ? undefined : staleTools(is, host.python)
      if (stale !== undefined) return update(stale, inHandsOf(path, by, tools()))
      return isLoose(there, account)
        ? update(`${account.user} must not be able to change it`, { run: [seal(path)] })
        : []
    },
    triggers: ['site.import', 'apache.touch'],
  })
