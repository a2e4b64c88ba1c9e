import type { Command } from '../../core/command.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { entryAt } from '../../probes/file.js'
import { hostFacts } from '../../probes/host.js'
import { venvAt, type Venv, type WantedRequirements } from '../../probes/venv.js'
import { shell } from '../files.js'
import { checkVenv, explainPip, pipInstall } from './pip.js'
import { versionsFor } from './versions.js'

/**
 * Without `--clear` a venv is repaired where it is and keeps its packages. Its first pip comes by a command of its own:
 * venv does not pass on why that failed, a full disk for instance.
 */
const create = (path: string, ...options: readonly string[]): readonly Command[] => {
  const surroundings = ['env', 'HOME=/root', 'LC_ALL=C.UTF-8'] as const
  return [
    { argv: [...surroundings, 'python3', '-m', 'venv', '--without-pip', ...options, path], as: 'root' },
    { argv: [...surroundings, `${path}/bin/python`, '-Im', 'ensurepip', '--upgrade', '--default-pip'], as: 'root' },
  ]
}

/** venv replaces neither a link that leads nowhere nor a pip of which only the metadata is left. */
const REMOVE_BROKEN =
  'rm -rf -- "$1"/bin/python "$1"/bin/python3 "$1"/lib/python*/site-packages/pip "$1"/lib/python*/site-packages/pip-*'

const removeBroken = (path: string): Command =>
  shell(`remove pip and the links to python from ${path}`, REMOVE_BROKEN, path)

const toolsOf = (python: string): Readonly<Record<string, string>> => {
  const { pip, setuptools, wheel } = versionsFor(python)
  return { pip, setuptools, wheel }
}

const installTools = (
  path: string,
  python: string,
  indexUrl: string | undefined,
  ...options: readonly string[]
): Command =>
  pipInstall(
    [`${path}/bin/python`, '-m', 'pip'],
    indexUrl,
    ...options,
    ...Object.entries(toolsOf(python)).map(([name, version]) => `${name}==${version}`),
  )

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

/**
 * A virtual environment that works, for the host's Python, with the last pip, setuptools and wheel for it (PEP 405). One
 * that does not is repaired where it is.
 *
 * @param path absolute path of its root
 * @param wanted requirements, which the look at it is remembered by
 * @param indexUrl of a package index; default: what pip of the host is configured for
 */
export const venv = (path: string, wanted: WantedRequirements, indexUrl?: string): Step =>
  defineStep({
    id: 'python.venv',
    why: 'each set of requirements has an environment of its own, so the one that serves is never changed',
    title: `Virtual environment ${path}`,
    probes: { there: entryAt(path), venv: venvAt(path, wanted), host: hostFacts(['/usr']) },
    plan: ({ there, venv: is, host }): readonly Change[] => {
      const subject = `venv ${path}`
      if (there === null) {
        return [
          {
            kind: 'create',
            inert: true,
            subject,
            run: [...create(path), installTools(path, host.python, indexUrl), checkVenv(path, wanted)],
            undo: [shell(`remove ${path}`, 'rm -rf -- "$1"', path)],
            explain: explainPip,
          },
        ]
      }
      const broken = wrong(is, path, host.python)
      if (broken !== undefined) {
        const otherPython = is !== null && is.python !== host.python
        return [
          {
            kind: 'update',
            subject,
            reason: `${broken}: it is ${otherPython ? 'made anew' : 'repaired'}`,
            run: [
              ...(otherPython ? create(path, '--clear') : [removeBroken(path), ...create(path)]),
              installTools(path, host.python, indexUrl, '--force-reinstall'),
              checkVenv(path, wanted),
            ],
            explain: explainPip,
          },
        ]
      }
      const stale = is === null ? undefined : staleTools(is, host.python)
      if (stale === undefined) return []
      return [
        {
          kind: 'update',
          subject,
          reason: stale,
          run: [installTools(path, host.python, indexUrl), checkVenv(path, wanted)],
          explain: explainPip,
        },
      ]
    },
    triggers: ['site.import', 'apache.touch'],
  })
