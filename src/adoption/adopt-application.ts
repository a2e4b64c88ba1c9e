import { isSecretSetting } from '../config/inline-secrets.js'
import type { Draft } from './draft.js'
import type { HandHost, HandMount } from './hand-made.js'
import { daemonOf, saidOf } from './process-groups.js'
import { isSimple, mainOf, scriptOf, type Around, type FoundScript, type Seen } from './seen.js'

const reference = (site: string, name: string): string => `${site}_${name}`.replace(/[^A-Za-z0-9]+/g, '_').toUpperCase()

const settings = (draft: Draft, { site }: Seen, { path, read }: FoundScript): void => {
  const values: Record<string, unknown> = {}
  for (const { name, value, line } of read.settings) {
    if (!isSecretSetting(name, value)) values[name] = value
    else {
      const variable = reference(site.name, name)
      values[name] = { env: variable }
      draft.notes.push(
        `${name} is a secret: put what stands in ${path}:${line} of the host into the variable ${variable}`,
      )
    }
  }
  if (Object.keys(values).length > 0) draft.takeEach('settings', values, path)
}

/** Where nothing is said, each script has an interpreter of its own; that stays so where it has processes already. */
const interpreterOf = (host: HandHost, mount: HandMount): string | undefined => {
  const said = mount.applicationGroup ?? saidOf(host, mount, 'wsgiapplicationgroup')
  return said ?? (daemonOf(host, mount) === undefined ? undefined : '%{RESOURCE}')
}

const mountedScripts = (draft: Draft, seen: Seen): void => {
  const { host } = seen
  const { daemon } = mainOf(seen)
  const several = host.mounts.map((mount) => {
    const group = daemonOf(host, mount)
    const callable = saidOf(host, mount, 'wsgicallableobject')
    const interpreter = interpreterOf(host, mount)
    return {
      mount: mount.url,
      script: mount.script,
      ...(callable === undefined || callable === 'application' ? {} : { callable }),
      ...(group === undefined || group === daemon ? {} : { 'process-group': group.name }),
      ...(interpreter === undefined || (host.mounts.length === 1 && interpreter === '%{GLOBAL}')
        ? {}
        : { 'application-group': interpreter }),
    }
  })
  draft.take('applications', several, host.mounts.map(({ line }) => draft.at(line)).join(', '))
}

/** With settings in it, it would have to be written anew: root writes nothing where others can exchange the folder. */
const mustStay = ({ read }: FoundScript, open: string | undefined): boolean =>
  read.settings.length > 0 && open !== undefined

export const application = (draft: Draft, seen: Seen, { open }: Around): void => {
  const { mount } = mainOf(seen)
  const script = scriptOf(seen)
  if (mount === undefined) return
  if (!isSimple(seen)) {
    draft.notes.push(
      'with several applications or process groups it gets the limits of a usual site: the plan shows them',
    )
  }
  const isModule = isSimple(seen) && script?.read.wsgi !== undefined && !mustStay(script, open)
  if (!isModule || script === undefined) {
    mountedScripts(draft, seen)
    if (script !== undefined && isSimple(seen) && mustStay(script, open)) {
      draft.notes.push(
        `${script.path} stays as it is, with the settings in it: others than root can change ${open ?? ''}, so that it is not written`,
      )
    } else if (script?.read.left !== undefined) {
      draft.notes.push(
        `${script.path} stays as it is, with the settings in it: ${script.read.left.why} (line ${script.read.left.line})`,
      )
    }
    return
  }
  draft.take('wsgi', script.read.wsgi, script.path)
  if (mount.url !== '/') draft.take('mount', mount.url, draft.at(mount.line))
  const interpreter = interpreterOf(seen.host, mount)
  if (interpreter !== '%{GLOBAL}' && interpreter !== undefined) {
    draft.take('application-group', interpreter, draft.at(mount.line))
  }
  settings(draft, seen, script)
}

export const flags = (draft: Draft, { host, site }: Seen): void => {
  const isOn = (name: string): boolean => host.mounts.some((mount) => saidOf(host, mount, name)?.toLowerCase() === 'on')
  if (isOn('wsgipassauthorization')) draft.take('pass-authorization', true, site.path)
  if (isOn('wsgichunkedrequest')) draft.take('chunked-requests', true, site.path)
  if (
    host.mounts.some(
      ({ processGroup, applicationGroup }) => processGroup !== undefined && applicationGroup !== undefined,
    )
  )
    draft.take('preload', true, site.path)
}
