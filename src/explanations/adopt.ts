import type { Explanation } from './explanation.js'

/** Sites that were made by hand. */
export const adopt = {
  ADOPT_NOTHING: {
    cause:
      'No file in /etc/apache2/sites-enabled of the host has a WSGIScriptAlias, or those that have one are sites of ' +
      'deploy-flask already. Sites that are not enabled, and what stands in apache2.conf or conf-enabled, are not looked at.',
    remedy: 'Enable the site that is meant (a2ensite), or name another host.',
    look: { onHost: ['grep -l WSGIScriptAlias /etc/apache2/sites-enabled/*', 'apache2ctl -S'] },
  },
  ADOPT_AMBIGUOUS: {
    cause:
      'The host has several sites with WSGI applications that were made by hand, and a flags file describes one. Either none ' +
      'was named, or the name is not that of a file in sites-enabled (without .conf), nor a name that one of them answers to.',
    remedy: 'Name the site behind the host: deploy-flask adopt HOST SITE. The message lists them.',
    look: { here: ['deploy-flask adopt HOST SITE -f SITE.yml'], onHost: ['apache2ctl -S'] },
  },
  ADOPT_UNSUITABLE: {
    cause:
      'The site was found, but its file is more than one site of deploy-flask can be, and would lose that part: several ' +
      'virtual hosts in one file, HTTPS, macros, applications outside of a virtual host or found by handlers alone. Or its ' +
      'file has a name that no site can have: 000-default.conf, example.com.conf. Nothing was changed.',
    remedy:
      'The message has the commands that put it right on the host; the site goes on answering meanwhile. Then run the same ' +
      'command again.',
    look: { onHost: ['ls -l /etc/apache2/sites-enabled', 'apache2ctl -S'] },
  },
} as const satisfies Readonly<Record<string, Explanation>>
