/** What playbooks are written with: see playbooks/README.md. */
export {
  login,
  root,
  type Answer,
  type Command,
  type InputlessCommand,
  type RunAs,
  type Source,
  type Stdin,
} from './core/command.js'
export { defineHandler, type Guard, type Handler } from './core/handler.js'
export type { Progress, ProgressReader, ReadLine, Waiting } from './core/progress.js'
export { definePlaybook, type Phase, type Playbook } from './core/playbook.js'
export type { Family, Probe, Probes, Question, StateOf } from './core/probe.js'
export { Secret } from './core/secret.js'
export type { Site } from './core/site.js'
export { defineStep, unknownUntil, type Change, type Step, type StepId, type Unknown } from './core/step.js'
export { DeployError, type ErrorCode, type Fault } from './errors.js'
export { flaskSite } from '../playbooks/flask-site.js'
export { apacheRuntime, embeddedUses, listens, otherSites, takenOver } from './probes/apache.js'
export { packageVersion, packageVersions } from './probes/dpkg.js'
export { entryAt, fileAt, folderAt, releaseAt, secretFileAt } from './probes/file.js'
export { accountNamed, groupNamed, hostFacts, listeners } from './probes/host.js'
export { modWsgi } from './probes/mod-wsgi.js'
export { venvAt } from './probes/venv.js'
export { enabledSite } from './steps/apache/enabled-site.js'
export { existingSite } from './steps/apache/existing-site.js'
export { include } from './steps/apache/include.js'
export { listen } from './steps/apache/listen.js'
export { modules } from './steps/apache/modules.js'
export { neededModules } from './steps/apache/needed-modules.js'
export { pathsGuard, type NeededPath } from './steps/apache/paths.js'
export { port } from './steps/apache/port.js'
export { rewriteMaps } from './steps/apache/rewrite-maps.js'
export { vhost } from './steps/apache/vhost.js'
export { wsgiLoad } from './steps/apache/wsgi-load.js'
export { noDistributionModule } from './steps/apt/distribution-module.js'
export { packages } from './steps/apt/packages.js'
export { accessChange, fileChange, folderChange, rootOwned, type Access } from './steps/files.js'
export { fit } from './steps/host/fit.js'
export { installedModWsgi } from './steps/python/mod-wsgi.js'
export { requirements } from './steps/python/requirements.js'
export { venv } from './steps/python/venv.js'
export { accounts, type Account } from './steps/site/account.js'
export { htpasswd } from './steps/site/htpasswd.js'
export { settingsFiles, type Settings } from './steps/site/settings.js'
export { wsgiScripts } from './steps/site/wsgi-script.js'
export type { Places } from './templates/vhost.js'
export type { WsgiScript } from './templates/wsgi-script.js'
