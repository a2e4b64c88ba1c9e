import type { Secret } from '../../core/secret.js'
import type { Step } from '../../core/step.js'
import { secretFiles } from './settings.js'

/**
 * Who may log in (httpd: mod_authn_file, AuthUserFile), for Apache's own account only; Apache reads it at each request,
 * so nothing has to be reloaded.
 *
 * @param path absolute, outside of every folder that is served
 * @param content lines of htpasswd: `LOGIN:HASH`
 */
export const htpasswd = (path: string, content: Secret): Step => {
  const logins = content
    .reveal()
    .split('\n')
    .map((line) => line.split(':')[0] ?? '')
    .filter((login) => login !== '')
  return secretFiles({
    id: 'site.htpasswd',
    why: 'hashed on this computer, readable by root and Apache only',
    title: `Logins ${path}`,
    files: [{ path, access: { owner: 'root', group: 'www-data', mode: '0640' } }],
    content,
    holds: `logins ${logins.join(', ')} (hashes not shown)`,
    triggers: [],
  })
}
