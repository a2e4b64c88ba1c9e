import type { Given } from '../config/given.js'
import type { LoadedFlags, SettingsSource } from '../config/load.js'
import type { Override } from '../config/overrides.js'
import type { FlagsFile } from '../config/schema.js'
import type { Nearby } from '../config/secrets.js'
import type { Resolved, Surroundings } from '../config/site.js'
import type { Emit } from '../core/event.js'
import type { CheckedOut, RepositoryCode } from '../core/repository.js'
import type { Phase } from '../core/playbook.js'
import type { Connection, Site, Whereabouts } from '../core/site.js'
import type { Chosen } from '../detection/detect.js'
import type { Finding, Project } from '../detection/project.js'
import type { Application, Outcome } from '../engine/apply.js'
import type { HeldHost } from '../engine/held-host.js'
import type { Begun } from '../engine/journal.js'
import type { LockRequest } from '../engine/lock.js'
import type { Survey } from '../engine/survey.js'
import type { Surroundings as Checkout } from '../repository/check-out.js'
import type { Ask } from '../transport/ask.js'
import type { Approach } from '../transport/ssh-approach.js'
import type { Transport } from '../transport/transport.js'
import type { OwnPlaybook } from './playbook-file.js'
import type { Neighbours } from '../wizard/neighbours.js'
import type { Terminal } from '../wizard/terminal.js'

/** What the commands are wired to. Tests give their own. */
export interface Services {
  overrides(given: Given): Promise<readonly Override[]>
  strayVariables(env: Given['env']): Promise<readonly string[]>
  /** `found` is told where the host is before what is wanted there is checked. */
  loadSettings(source: SettingsSource, found?: (whereabouts: Whereabouts) => Promise<void>): Promise<LoadedFlags>
  resolveSite(flags: FlagsFile, around: Surroundings): Promise<Resolved>
  checkOut(wanted: RepositoryCode, around: Checkout): Promise<CheckedOut>
  phases(site: Site): Promise<readonly Phase[]>
  loadPlaybook(file: string): Promise<OwnPlaybook>
  approach(whereabouts: Whereabouts, signal: AbortSignal): Promise<Approach>
  connect(
    connection: Connection,
    ask: Ask | undefined,
    signal: AbortSignal,
    approach?: Promise<Approach>,
  ): Promise<Transport>
  resolveConnection(flags: FlagsFile, nearby: Nearby): Promise<Connection>
  lookAround(transport: Transport): Promise<Neighbours>
  detectProject(folder: string, choice: Chosen): Promise<Project>
  sshHosts(configFile: string | undefined): Promise<readonly Finding<string>[]>
  terminal(): Promise<Terminal>
  survey(host: Pick<Transport, 'ask'>, phases: readonly Phase[]): Promise<Survey>
  apply(application: Application): Promise<Outcome>
  hold(transport: Transport, request: LockRequest, emit: Emit): Promise<HeldHost>
  recover(host: HeldHost, site: string, emit: Emit): Promise<readonly Begun[]>
  jsonSchema(): Promise<object>
  confirm(question: string): Promise<boolean>
  ask: Ask
}

/** Each part is loaded when it is needed: a run without changes loads neither the pipeline nor the prompts. */
export const services: Services = {
  overrides: async (given) => {
    const { overridesFrom, settingsFor } = await import('../config/given.js')
    return overridesFrom(given, await settingsFor(given))
  },
  strayVariables: async (env) => {
    const [{ strayVariables }, { settingsTable }] = await Promise.all([
      import('../config/given.js'),
      import('../config/settings-table.js'),
    ])
    return strayVariables(env, settingsTable())
  },
  loadSettings: async (source, found) => {
    const { file, overrides, env } = source
    const { openFlagsFile } = await import('../config/flags-document.js')
    const opened = file === undefined ? undefined : await openFlagsFile(file)
    if (opened !== undefined && found !== undefined) {
      const { whereaboutsIn } = await import('../config/whereabouts.js')
      const whereabouts = whereaboutsIn(opened, overrides, env)
      if (whereabouts !== undefined) await found(whereabouts)
    }
    return (await import('../config/load.js')).loadSettings(
      { ...source, document: opened },
      async (document, stronger) =>
        (await import('../inventory/chosen-host.js')).overridesOfChosen({ ...source, document, overrides: stronger }),
    )
  },
  resolveSite: async (flags, around) =>
    (await import('../config/site.js')).resolveSite(flags, {
      ...around,
      ownProject: async (folder) => (await import('../detection/own-project.js')).ownProject(folder),
    }),
  checkOut: async (wanted, around) => (await import('../repository/check-out.js')).checkOut(wanted, around),
  phases: async (site) => (await import('../../playbooks/flask-site.js')).flaskSite.phases(site),
  loadPlaybook: async (file) => (await import('./playbook-file.js')).loadPlaybook(file),
  approach: async (whereabouts, signal) => {
    const { Approach } = await import('../transport/ssh-approach.js')
    const approach = new Approach(whereabouts, signal)
    await approach.begun
    return approach
  },
  connect: async (connection, ask, signal, approach) => {
    const [{ connectSsh }, { userFolder }] = await Promise.all([
      import('../transport/ssh.js'),
      import('../config/user-folders.js'),
    ])
    const loginsFile = `${userFolder(process.env, 'XDG_CACHE_HOME')}/logins.json`
    const begun = await approach?.catch(() => undefined)
    return connectSsh({
      ...connection,
      signal,
      loginsFile,
      ...(ask === undefined ? {} : { ask }),
      ...(begun === undefined ? {} : { approach: begun }),
    })
  },
  resolveConnection: async (flags, nearby) =>
    (await import('../config/connection.js')).resolveConnection(flags, nearby),
  lookAround: async (transport) => (await import('./look-around.js')).lookAround(transport),
  detectProject: async (folder, choice) => (await import('../detection/detect.js')).detectProject(folder, choice),
  sshHosts: async (configFile) => (await import('../detection/ssh-hosts.js')).sshHosts(configFile),
  terminal: async () => (await import('../wizard/terminal.js')).processTerminal(),
  survey: async (host, phases) => (await import('../engine/survey.js')).surveyHost(host, phases),
  apply: async (application) => (await import('../engine/apply.js')).applyPlan(application),
  hold: async (...given) => (await import('../engine/hold.js')).holdHost(...given),
  recover: async (...given) => (await import('../engine/recover.js')).recoverFor(...given),
  jsonSchema: async () => (await import('../inventory/json-schema.js')).editorJsonSchema(),
  confirm: async (question) => (await import('../wizard/prompt.js')).confirm(question),
  ask: async (question) => (await import('../wizard/ask.js')).ask(question),
}
