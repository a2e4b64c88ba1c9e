import type { Probe } from '../../core/probe.js'
import { defineStep, type Step } from '../../core/step.js'
import { entryAt, type Entry } from '../../probes/file.js'
import { shell } from '../files.js'

const LINK = `set -e; umask 022; mkdir -p -- "\${1%/*}"; ln -sfnT -- "$2" "$1"; sync "\${1%/*}"`

/**
 * Flask looks for the instance folder of an installed package in its environment, which the application cannot write, and
 * which other requirements exchange: there is a link to where the data of the site are.
 *
 * @param venv absolute path of the virtual environment
 * @param modules that may be what an application calls itself: `shop`
 * @param data folder that the application writes
 */
export const instanceFolders = (venv: string, modules: readonly string[], data: string): Step => {
  const links = modules.map((module) => `${venv}/var/${module}-instance`)
  const probes: Record<string, Probe<Entry | null>> = {}
  for (const link of links) probes[link] = entryAt(link)
  return defineStep({
    id: 'python.instance',
    why: 'the instance folder of an installed package is in its environment: there is a link to the data of the site',
    title: `Instance folder ${links.join(', ')}`,
    probes,
    plan: (is) =>
      links
        .filter((link) => is[link]?.target !== data)
        .map((link) => ({
          kind: 'create',
          subject: `link ${link}`,
          reason: `to ${data}`,
          run: [shell(`link ${link} -> ${data}`, LINK, link, data)],
          undo: [{ argv: ['rm', '-f', link], as: 'root' }],
        })),
    triggers: ['site.import', 'apache.touch'],
  })
}
