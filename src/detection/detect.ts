import { join, resolve } from 'node:path'
import { applicationFiles } from './application-files.js'
import { basesOf } from './bases.js'
import { offersIn, type Offer } from './choose.js'
import type { Context } from './context.js'
import { readFlaskApp } from './flask-app.js'
import { listProject } from './folder.js'
import { initIn } from './init.js'
import { Modules } from './modules.js'
import { nameFor } from './name.js'
import { codeNotes } from './notes.js'
import type { Finding, Project } from './project.js'
import { pythonIn } from './python-versions.js'
import { noteIn } from './quote.js'
import { readModules } from './read-modules.js'
import { requirementsIn } from './requirements.js'
import { settingsIn } from './settings.js'
import { sqliteIn } from './sqlite.js'
import { staticIn } from './static.js'
import { Values } from './values.js'

/** What a person has chosen of what was found. */
export interface Chosen {
  /** One of `folders`. */
  readonly code?: string
  /** One of `wsgi`. */
  readonly wsgi?: string
}

/**
 * What a project folder tells about its application. Nothing of it is run. Whatever the folder holds, this does not
 * fail: what is wrong with it is among the notes.
 */
export const detectProject = async (folder: string, choice: Chosen = {}): Promise<Project> => {
  const root = resolve(folder)
  const listing = await listProject(root)
  const read = await readModules(listing)
  const modules = new Modules(read.modules)
  const values = new Values(modules)
  const flaskApp = await readFlaskApp(root)
  const offers = offersIn(modules, basesOf(modules), values, flaskApp)
  const folders = foldersOf(offers.all)
  const base = choice.code ?? folders.all[0]?.value ?? '.'
  const offered = offers.all.filter((offer) => offer.base === base)
  const taken = offered.find(({ wsgi }) => wsgi.value === choice.wsgi) ?? offered[0]
  const files = taken === undefined ? modules.all : applicationFiles(taken.module, base, modules, values)
  const context: Context = { folder: listing, base, modules: files, values }
  const name = nameFor(root, base, taken?.wsgi.value)
  const requirements = await requirementsIn(context)
  const found = staticIn(context)
  const sqlite = sqliteIn(context, `${name}.db`)
  const init = initIn(context)
  return {
    root,
    folder: join(root, base),
    folders: folders.all,
    name,
    framework: taken?.framework ?? 'none',
    wsgi: offered.map(({ wsgi }) => wsgi),
    requirements: requirements.found,
    python: [...requirements.python, ...(await pythonIn(context))],
    static: found.found,
    sqlite: sqlite.files,
    settings: settingsIn(context).map((setting) => {
      const file = sqlite.bySetting.get(setting.value.name)
      return file === undefined || setting.value.sqlite !== undefined
        ? setting
        : { ...setting, value: { ...setting.value, secret: false, sqlite: file } }
    }),
    init,
    notes: [
      ...listing.notes,
      ...read.notes,
      ...offers.notes,
      ...(base === '.' || taken === undefined
        ? []
        : [noteIn(`the code is imported from ${base}: only that folder is sent`, base, taken.wsgi.because)]),
      ...(choice.code === undefined ? folders.notes : []),
      ...found.notes,
      ...requirements.notes,
      ...sqlite.notes,
      ...codeNotes(context, init.length > 0),
    ],
  }
}

interface Folders {
  readonly all: readonly Finding<string>[]
  readonly notes: readonly Finding<string>[]
}

/** An application at the top, or one that FLASK_APP names, leaves no choice; what lies deeper is told. */
const foldersOf = (offers: readonly Offer[]): Folders => {
  const bases = [...new Set(offers.map(({ base }) => base))]
  const all = bases.flatMap((base) => {
    const offer = offers.find((one) => one.base === base)
    return offer === undefined ? [] : [{ ...offer.wsgi, value: base }]
  })
  const isClear = all[0]?.value === '.' || offers[0]?.isNamed === true
  const notes = all.slice(1).map(({ value, where, because }) => ({
    value: isClear
      ? `another application lies in ${value}: to deploy that, begin in its folder`
      : `more than one project: ${value} holds an application, too`,
    where,
    because,
  }))
  return { all: isClear ? all.slice(0, 1) : all, notes }
}
