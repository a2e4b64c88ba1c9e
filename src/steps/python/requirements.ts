import type { Command } from '../../core/command.js'
import { defineStep, unknownUntil, type Step } from '../../core/step.js'
import { entryAt } from '../../probes/file.js'
import { venvAt, type WantedRequirements } from '../../probes/venv.js'
import { checkVenv, explainPip, pipInstall } from './pip.js'

const install = (venv: string, wanted: WantedRequirements, indexUrl?: string): Command =>
  wanted.file === undefined
    ? { ...pipInstall([`${venv}/bin/python`, '-m', 'pip'], indexUrl, '-r', '/dev/stdin'), stdin: `${wanted.text}\n` }
    : pipInstall([`${venv}/bin/python`, '-m', 'pip'], indexUrl, '-r', wanted.file)

/** Every requirement, and what those need in turn, is installed in the venv; checked without asking any index. */
export const requirements = (venv: string, wanted: WantedRequirements, indexUrl?: string): Step =>
  defineStep({
    id: 'python.requirements',
    title: `Requirements in ${venv}`,
    probes: { there: entryAt(venv), venv: venvAt(venv, wanted) },
    plan: ({ there, venv: is }) => {
      if (there !== null && is === null)
        return unknownUntil('python.venv', 'the venv is broken: what it holds is seen when it works')
      const empty = wanted.file === undefined && wanted.text.trim() === ''
      if (is === null ? empty : is.unmet.length === 0) return []
      return [
        {
          kind: is === null ? 'create' : 'update',
          subject: `requirements of ${venv}`,
          ...(is === null ? {} : { reason: is.unmet.slice(0, 5).join('; ') }),
          run: [install(venv, wanted, indexUrl), checkVenv(venv, wanted)],
          explain: explainPip,
        },
      ]
    },
    triggers: ['site.import', 'apache.touch'],
  })
