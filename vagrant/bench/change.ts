import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask } from '../../test/helpers/http.js'
import type { Guest } from '../guest.js'
import { RunFailed } from './metered.js'
import type { Site } from './sides/side.js'

const path = '/changed'

/** Changes one file of the code: the site answers with another number afterwards. */
export async function changeCode({ code }: Site, number: number): Promise<void> {
  const file = join(code, 'notes/pages.py')
  const [before = ''] = (await readFile(file, 'utf8')).split('\n\n\n@blueprint.route("/changed")')
  const route = `\n\n\n@blueprint.route("${path}")\ndef changed():\n    return '${number}'\n`
  await writeFile(file, before.trimEnd() + route)
}

/** The next request must be answered by the new code already. */
export async function refuseOldCode(guest: Guest, { flags }: Site, number: number): Promise<void> {
  const { status, body } = await ask(guest, path, { name: flags.serverName })
  if (status !== 200 || body !== String(number)) throw new RunFailed(`${path} answers ${status}: ${body.slice(0, 200)}`)
}
