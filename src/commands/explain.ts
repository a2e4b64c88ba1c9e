import { resolve } from 'node:path'
import { placesOf, wsgiScripts } from '../../playbooks/flask-site-parts.js'
import type { LoadedFlags } from '../config/load.js'
import { printable } from '../config/mistake.js'
import type { Site } from '../core/site.js'
import { layoutOf } from '../steps/site/layout.js'
import { include, vhost, type Wording } from '../templates/vhost.js'
import { wsgiScript } from '../templates/wsgi-script.js'
import type { ExplainOptions } from './options.js'
import type { Session } from './session.js'
import { usage } from './usage.js'
import { writtenAt } from './written-at.js'

/** A file as it would be on the host. */
interface ExplainedFile {
  readonly path: string
  readonly text: string
}

/** `port, addresses: what for` -> the same, with the lines of the flags file that say so. */
const withLines =
  (loaded: LoadedFlags) =>
  (because: string): string => {
    const [keys = '', ...rest] = because.split(': ')
    if (keys === 'always') return rest.join(': ')
    const lines = writtenAt(loaded, keys.split(', '))
    const place =
      lines.length === 0 ? 'by default' : lines.map((line) => `${printable(loaded.file, 4096)}:${line}`).join(', ')
    return `${because} (${place})`
  }

/** All of Apache's files that are the site's own, and the scripts that they lead to. */
const explainedFiles = (site: Site, wording: Wording): readonly ExplainedFile[] => {
  const layout = layoutOf(site)
  // whether another site needs embedded mode is known on the host only
  const places = { ...placesOf(layout), restrictEmbedded: site.restrictEmbedded !== false }
  return [
    { path: layout.vhost, text: vhost(site, places, wording) },
    ...(site.existingSite === undefined ? [] : [{ path: layout.include, text: include(site, wording) }]),
    ...wsgiScripts(site, layout).map((script) => ({ path: script.script.path, text: wsgiScript(script) })),
  ]
}

/** Shows what Apache would be told, and by which line of the flags file; asks nobody, and needs no secret. */
export const explain = async ({ io, services }: Session, options: ExplainOptions): Promise<number> => {
  if (options.vhost !== true) {
    throw usage(
      'what is to be explained?',
      'say so: deploy-flask explain CODE, or deploy-flask explain --vhost -f deploy-flask.yml',
    )
  }
  if (options.file === undefined) {
    throw usage('which flags file?', 'name it: deploy-flask explain --vhost -f deploy-flask.yml')
  }
  const file = resolve(io.cwd, options.file)
  const loaded = await services.loadFlagsFile(options.file)
  const { flags, directory, where } = loaded
  const around = { directory, env: io.env, now: io.now(), file, where, withoutSecrets: true }
  const { site } = await services.resolveSite(flags, around)
  const files = explainedFiles(site, { explained: withLines(loaded) })
  io.stdout.write(files.map(({ path, text }) => `# ==> ${path} <==\n${text}`).join('\n'))
  return 0
}
