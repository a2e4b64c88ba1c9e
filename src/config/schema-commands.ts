import { z } from 'zod'
import * as text from './fields.js'

const command = (usual: string) =>
  z
    .union([text.commandLine, z.array(text.argument).min(1)], {
      error: `must be a command such as "${usual}", or a list of its words`,
    })
    .optional()

/** Commands of the application, which are run as the account of the site. */
export const commands = {
  build: command('flask digest compile').meta({
    description:
      "Command run once for each release, as the site's user, in the new code, which it may write to, before anything else " +
      'is done with that; it is made again for other settings or requirements',
    examples: ['flask digest compile', ['python', '-m', 'shop.assets']],
  }),
  init: command('flask init-db').meta({
    description: "Command run once as the site's user, inside the venv: `flask init-db`",
    examples: ['flask init-db', ['flask', 'db', 'upgrade']],
  }),
  migrate: command('flask db upgrade').meta({
    description:
      "Command run once for each release, as the site's user, in the new code, before it goes online; " +
      'databases in `sqlite` are backed up first',
    examples: ['flask db upgrade', ['python', 'migrate.py']],
  }),
}
