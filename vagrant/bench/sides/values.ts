import { dirname, join } from 'node:path'
import { vagrantFolder } from '../../cache.js'
import type { Site } from './side.js'

/** Here lie the playbook, the deploy file and the script. */
export const benchFolder = join(dirname(vagrantFolder), 'test/bench')

/** The values of the site, by the names that the playbook and the deploy file have for them. */
export function valuesFor({ folder, code, secretFile, flags }: Site): Readonly<Record<string, string>> {
  return {
    site: flags.site,
    server_name: flags.serverName,
    application: flags.wsgi,
    code,
    pack: join(benchFolder, 'pack.sh'),
    archive: join(folder, 'code.tar.gz'),
    secret_file: secretFile,
    database: flags.database,
    title: flags.title,
    static_url: flags.staticUrl,
    static_folder: flags.staticFolder,
    check_path: flags.checkPath,
  }
}
