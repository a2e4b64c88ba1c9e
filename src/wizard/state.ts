import type { Finding, Project } from '../detection/project.js'
import type { Draft, DraftKey, Sources } from './draft.js'
import type { Neighbours } from './neighbours.js'

/** What is known while questions are asked. */
export interface State {
  readonly draft: Draft
  readonly sources: Sources
  readonly neighbours?: Neighbours
}

/** `source`: who says it. */
export const withValue = <K extends DraftKey>(state: State, key: K, value: Draft[K], source: string): State => ({
  ...state,
  draft: { ...state.draft, [key]: value },
  sources: { ...state.sources, [key]: source },
})

export const answered = 'your answer'

export const withSetting = (state: State, name: string, value: NonNullable<Draft['settings']>[string]): State =>
  withValue(state, 'settings', { ...state.draft.settings, [name]: value }, state.sources['settings'] ?? answered)

const best = <T>([first]: readonly Finding<T>[]): readonly [T, string] | undefined =>
  first === undefined ? undefined : [first.value, first.where]

const listOfFiles = (found: readonly Finding<unknown>[]): string => {
  const files = [...new Set(found.map(({ where }) => where))]
  return files.length > 2 ? `${files.slice(0, 2).join(', ')} and ${files.length - 2} more` : files.join(', ')
}

/** Everything that the folder of the project says itself. */
export const stateFrom = (project: Project, folder: string): State => {
  let state: State = { draft: {}, sources: {} }
  state = withValue(state, 'code', { folder }, 'this folder')
  const wsgi = best(project.wsgi)
  if (wsgi !== undefined) state = withValue(state, 'wsgi', ...wsgi)
  const requirements = best(project.requirements)
  if (requirements !== undefined) {
    const [value, where] = requirements
    state = withValue(state, 'requirements', typeof value === 'string' ? value : [...value], where)
  }
  if (project.sqlite.length > 0) {
    const files = [...new Set(project.sqlite.map(({ value }) => value))]
    state = withValue(state, 'sqlite', files, listOfFiles(project.sqlite))
  }
  const init = best(project.init)
  if (init !== undefined) state = withValue(state, 'init', ...init)
  if (project.static.length > 0) {
    const folders = Object.fromEntries(project.static.map(({ value }) => [value.url, value.folder]))
    state = withValue(state, 'static', folders, listOfFiles(project.static))
  }
  return state
}

/** Where the application looks for its database is told by a setting: it lies in the folder that it may write. */
export const withDatabases = (state: State, project: Project): State => {
  const { site } = state.draft
  const databases = project.settings.flatMap(({ value }) => (value.sqlite === undefined ? [] : [value]))
  return databases.reduce((is, { name, sqlite }) => {
    if (sqlite === undefined || site === undefined || Object.hasOwn(is.draft.settings ?? {}, name)) return is
    const path = sqlite.file.startsWith('/') ? sqlite.file : `/srv/${site}/data/${sqlite.file}`
    return withSetting(is, name, sqlite.form === 'url' ? `sqlite:///${path}` : path)
  }, state)
}
