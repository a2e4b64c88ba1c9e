import { resolve } from 'node:path'
import { placesOf, wsgiScripts } from '../../playbooks/flask-site-parts.js'
import type { LoadedFlags } from '../config/load.js'
import type { Site } from '../core/site.js'
import { layoutOf } from '../steps/site/layout.js'
import { include, vhost, type Wording } from '../templates/vhost.js'
import { wsgiScript } from '../templates/wsgi-script.js'
import { checkingOut } from './check-out.js'
import type { ExplainOptions } from './options.js'
import type { Session } from './session.js'
import { givenSettings, loadSettings } from './settings.js'
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
    const places = writtenAt(loaded, keys.split(', '))
    return `${because} (${places.length === 0 ? 'by default' : places.join(', ')})`
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

/** What a run would look at and why, or what Apache would be told; asks nobody, and needs no secret. */
export const explain = async (session: Session, options: ExplainOptions): Promise<number> => {
  const { io, services } = session
  const loaded = await loadSettings(session, { file: options.file, overrides: await givenSettings(session) })
  if (options.origins === true) {
    io.stdout.write((await import('./origins.js')).originsText(loaded))
    return 0
  }
  const { flags, directory, where } = loaded
  const file = options.file === undefined ? {} : { file: resolve(io.cwd, options.file) }
  const given = { directory, env: io.env, now: io.now(), ...file, where }
  const around = { ...given, withoutSecrets: true, checkOut: checkingOut(session) }
  const { site } = await services.resolveSite(flags, around)
  if (options.vhost !== true) {
    const { stepsText } = await import('./explain-steps.js')
    io.stdout.write(stepsText(await services.phases(site), session.colours.result))
    return 0
  }
  const files = explainedFiles(site, { explained: withLines(loaded) })
  io.stdout.write(files.map(({ path, text }) => `# ==> ${path} <==\n${text}`).join('\n'))
  return 0
}
