import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFlags } from '../../src/config/load.js'
import { resolveSite } from '../../src/config/site.js'
import { detectProject } from '../../src/detection/detect.js'
import type { Finding, Project } from '../../src/detection/project.js'
import { fillFolder, temporaryFolder } from '../config/folders.js'
import { applications } from '../fixtures/projects/applications.js'
import { data } from '../fixtures/projects/data.js'
import { folders } from '../fixtures/projects/folders.js'
import { init } from '../fixtures/projects/init.js'
import { nasty } from '../fixtures/projects/nasty.js'
import { requirements } from '../fixtures/projects/requirements.js'
import { settings } from '../fixtures/projects/settings.js'
import type { Expected, Shape } from '../fixtures/projects/shape.js'

const shapes: readonly Shape[] = [
  ...[...applications, ...folders, ...requirements, ...settings],
  ...[...data, ...init, ...nasty],
]

/** A folder called `webshop`, so that its name is known. */
const projectOf = ({ files }: Shape): string => {
  const folder = join(temporaryFolder(), 'webshop')
  fillFolder(folder, { ...files, '.': null })
  return folder
}

const row = <T>({ value, where, because }: Finding<T>) => [value, where, because] as const

/** The project as the table has it: what is empty is not said. */
const told = (project: Project): Expected => {
  const lists = Object.entries(project).flatMap(([key, value]) =>
    Array.isArray(value) && value.length > 0 ? [[key, (value as readonly Finding<unknown>[]).map(row)] as const] : [],
  )
  const folder = relative(project.root, project.folder)
  return {
    name: project.name,
    ...(folder === '' ? {} : { folder }),
    ...(project.framework === 'none' ? {} : { framework: project.framework }),
    ...Object.fromEntries(lists),
  }
}

describe('a project folder', () => {
  it.each(shapes.map((shape) => [shape.title, shape] as const))('%s', async (_, shape) => {
    expect(told(await detectProject(projectOf(shape)))).toEqual(shape.expected)
  })
})

/** What the wizard would write if nobody changed anything. */
const flagsOf = (project: Project, wsgi: string) => ({
  version: 1,
  host: 'a.test',
  site: project.name,
  'server-name': 'a.test',
  code: { folder: project.folder },
  wsgi,
  sqlite: project.sqlite.map(({ value }) => value),
  static: Object.fromEntries(project.static.map(({ value: { url, folder } }) => [url, folder])),
  settings: Object.fromEntries(
    project.settings.map(({ value: { name, secret, default: usual } }) => [
      name,
      secret ? { env: name } : (usual ?? 'x'),
    ]),
  ),
  ...(project.init[0] === undefined ? {} : { init: project.init[0].value }),
})

/** What is said to be in the way of sending anything. */
const isSent = ({ expected }: Shape): boolean =>
  !(expected.notes ?? []).some(([note]) => note.includes('cannot be sent'))

describe('everything that is found can be written into a flags file', () => {
  it.each(shapes.filter(isSent).map((shape) => [shape.title, shape] as const))('%s', async (_, shape) => {
    const project = await detectProject(projectOf(shape))
    const all = [...project.requirements.map(({ value }) => value), false]
    for (const { value: wsgi } of project.wsgi) {
      for (const requirements of all) {
        const { flags, where } = readFlags(JSON.stringify({ ...flagsOf(project, wsgi), requirements }), 'f.json')
        const around = { directory: project.root, env: {}, now: new Date(0), where, withoutSecrets: true }
        expect((await resolveSite(flags, around)).site.name).toBe(project.name)
      }
    }
  })
})
