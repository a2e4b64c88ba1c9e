import { readFile } from 'node:fs/promises'
import { yardstickScript } from '../../../test/bench/yardstick.js'
import type { Side, Site } from './side.js'

/** The bash script written by hand, which is sent over ssh with the code behind it. */
export function script(site: Site): Side {
  const { flags } = site
  return {
    name: 'script',
    label: 'script by hand',
    site,
    command: async ({ host, sshConfigFile }) => {
      const secret = (await readFile(site.secretFile, 'utf8')).trim()
      const input = await yardstickScript({
        site: flags.site,
        serverName: flags.serverName,
        codeFolder: site.code,
        wsgi: flags.wsgi,
        settings: { SECRET_KEY: secret, NOTES_DATABASE: flags.database, NOTES_TITLE: flags.title },
        database: flags.database,
        init: flags.init,
        static: { url: flags.staticUrl, folder: flags.staticFolder },
        checkPath: flags.checkPath,
      })
      return { argv: ['ssh', '-F', sshConfigFile, host, 'sudo', '-n', 'bash', '-s'], input }
    },
    foundNothingToDo: (printed) => /^nothing to do$/m.test(printed),
  }
}
