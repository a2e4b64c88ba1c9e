import type { Finding, Project } from '../detection/project.js'
import { counted, printable } from '../config/mistake.js'
import { oneLineYaml } from '../config/yaml-text.js'
import { allowsPython } from '../detection/versions.js'
import type { Draft, DraftKey } from './draft.js'
import type { Neighbours } from './neighbours.js'
import type { State } from './state.js'
import type { World } from './world.js'

type Style = World['style']

export const labels: Readonly<Record<DraftKey, string>> = {
  host: 'host',
  site: 'name of the site',
  'server-name': 'server name',
  code: 'code',
  wsgi: 'application',
  requirements: 'requirements',
  settings: 'settings',
  sqlite: 'SQLite files',
  init: 'first command',
  static: 'static files',
}

export const keysInOrder = Object.keys(labels) as readonly DraftKey[]

const row = (label: string, value: string, source: string | undefined, style: Style): string =>
  `  ${label.padEnd(16)}  ${printable(value, 200)}${source === undefined ? '' : `  ${style.dim(printable(source, 200))}`}\n`

/** What has a value, and who says it. */
export const stateText = ({ draft, sources }: State, style: Style): string =>
  keysInOrder
    .flatMap((key) => {
      const value: Draft[DraftKey] = draft[key]
      const isThere = value !== undefined && (typeof value !== 'object' || Object.keys(value).length > 0)
      return isThere ? [row(labels[key], oneLineYaml(value), sources[key], style)] : []
    })
    .join('')

const noteLine = ({ value, where }: Finding<string>, style: Style): string =>
  `${style.yellow('note:')} ${printable(value, 400)} ${style.dim(`(${printable(where, 200)})`)}\n`

/** What was found in the folder before anything is asked. */
export const projectText = (project: Project, state: State, style: Style): string => {
  const optional = project.settings.filter(
    ({ value }) => !value.required && !value.secret && value.sqlite === undefined,
  )
  const names = optional.map(({ value }) => value.name)
  return [
    style.bold(`Found in ${printable(project.root, 4096)}\n`),
    stateText(state, style),
    names.length === 0 ? '' : row('reads, if set', [...new Set(names)].join(', '), undefined, style),
    ...project.notes.slice(0, 8).map((note) => noteLine(note, style)),
    '\n',
  ].join('')
}

/** Release, Python, Apache, space, and who lives there already. */
export const neighboursText = (host: string, neighbours: Neighbours, style: Style): string => {
  const { release, python, apache, freeBytes, names, files, isSupported, ports } = neighbours
  const enabled = files.filter(({ isEnabled }) => isEnabled)
  const called = [...new Set(names.map(({ name }) => name))]
  const sites = enabled.length === 0 ? 'no site' : counted(enabled.length, 'site')
  return [
    `${style.bold(printable(host, 200))}: ${printable(release)}, Python ${python}, `,
    apache === undefined ? 'no Apache yet' : `Apache ${printable(apache)} on port ${ports.join(', ')}`,
    `, ${(freeBytes / 1e9).toFixed(1)} GB free\n`,
    apache === undefined
      ? ''
      : `  serves ${sites}${
          called.length === 0
            ? ''
            : `: ${called
                .slice(0, 8)
                .map((name) => printable(name, 253))
                .join(', ')}`
        }${called.length > 8 ? ` and ${called.length - 8} more` : ''}; they are left as they are\n`,
    isSupported ? '' : `${style.yellow('note:')} it is not Ubuntu 18.04: see allow-unsupported in the documentation\n`,
    '\n',
  ].join('')
}

/** What the project asks of its Python and the host does not have. It says the minor version only: any of them is meant. */
export const pythonText = ({ python }: Project, neighbours: Neighbours, style: Style): string =>
  python
    .filter(({ value }) => !allowsPython(value, `${neighbours.python}.99`))
    .map(({ value, where }) =>
      noteLine({ value: `needs Python ${value}, and the host has ${neighbours.python}`, where, because: '' }, style),
    )
    .join('')

export const introduction = (style: Style): string =>
  `${style.bold('deploy-flask')} puts this application on an Ubuntu 18.04 server, under Apache and mod_wsgi.\n` +
  style.dim(
    'Enter takes what is shown, ? explains, Esc goes back, Ctrl-C leaves; nothing is changed before you agree.\n\n',
  )
