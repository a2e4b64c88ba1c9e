import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { examplesFolder, writeNotesFlags } from '../../notes.js'
import type { NotesFlags, SideName, Site } from './side.js'

const example = z.object({
  site: z.string(),
  'server-name': z.string(),
  wsgi: z.string(),
  settings: z.object({ NOTES_DATABASE: z.string(), NOTES_TITLE: z.string() }),
  init: z.string(),
  static: z.record(z.string(), z.string()),
  check: z.object({ path: z.string() }),
})

/** The notebook of examples/notes in a folder of this side's own, with a secret key of its own. */
export async function makeSite(folder: string, name: SideName): Promise<Site> {
  const own = join(folder, name)
  const code = join(own, 'code')
  await mkdir(own, { recursive: true, mode: 0o700 })
  await cp(join(examplesFolder, 'notes'), code, { recursive: true, filter: (path) => !path.endsWith('__pycache__') })
  const flagsFile = await writeNotesFlags(own, { host: 'bench', codeFolder: code })
  return { folder: own, code, flagsFile, secretFile: join(own, 'secret-key'), flags: await readFlags(flagsFile) }
}

async function readFlags(file: string): Promise<NotesFlags> {
  const flags = example.parse(parse(await readFile(file, 'utf8')))
  const [url, staticFolder] = Object.entries(flags.static)[0] ?? []
  if (url === undefined || staticFolder === undefined) throw new Error('examples/notes.yml has no static folder')
  return {
    site: flags.site,
    serverName: flags['server-name'],
    wsgi: flags.wsgi,
    database: flags.settings.NOTES_DATABASE,
    title: flags.settings.NOTES_TITLE,
    init: flags.init,
    staticUrl: url.replace(/\/$/, ''),
    staticFolder,
    checkPath: flags.check.path,
  }
}
