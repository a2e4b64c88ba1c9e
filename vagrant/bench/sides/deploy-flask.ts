import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { vagrantFolder } from '../../cache.js'
import { commandLine } from '../../notes.js'
import type { Side, Site } from './side.js'

export async function deployFlask(site: Site): Promise<Side> {
  const manifest = join(dirname(vagrantFolder), 'package.json')
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(manifest, 'utf8')))
  return {
    name: 'deploy-flask',
    label: `deploy-flask ${version}`,
    site,
    command: ({ host, sshConfigFile }) => {
      const words = ['apply', '-f', site.flagsFile, '--yes', '--quiet', '--host', host, '--ssh-config', sshConfigFile]
      return Promise.resolve({ argv: [process.execPath, commandLine, ...words] })
    },
    foundNothingToDo: (printed) => /^nothing to do/m.test(printed),
  }
}
