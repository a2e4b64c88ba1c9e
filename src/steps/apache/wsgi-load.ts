import { defineStep, unknownUntil, type Step } from '../../core/step.js'
import { fileAt } from '../../probes/file.js'
import { hostFacts } from '../../probes/host.js'
import { modWsgi } from '../../probes/mod-wsgi.js'
import { fileChange, rootOwned } from '../files.js'
import { versionsFor } from '../python/versions.js'

export const wsgiLoadFile = '/etc/apache2/mods-available/wsgi.load'

/**
 * wsgi.load holds exactly what `mod_wsgi-express module-config` prints on this host (mod_wsgi: README, Connecting into
 * Apache installation). Not known before the step python.mod-wsgi.
 */
export const wsgiLoad = (): Step =>
  defineStep({
    id: 'apache.wsgi-load',
    why: 'what mod_wsgi-express module-config prints on this host',
    title: wsgiLoadFile,
    probes: { file: fileAt(wsgiLoadFile), module: modWsgi(), host: hostFacts(['/usr']) },
    plan: ({ file, module, host }) => {
      if (module === null) {
        return unknownUntil('python.mod-wsgi', 'mod_wsgi-express module-config says what it holds')
      }
      // With its module gone, module-config still prints a path, and a wrong one.
      if (!module.present || module.version !== versionsFor(host.python).modWsgi) {
        return unknownUntil('python.mod-wsgi', 'its module is to be installed first')
      }
      return fileChange(wsgiLoadFile, file, module.config, rootOwned('0644'))
    },
    triggers: ['apache.configtest', 'apache.reload'],
  })
