import { root } from '../../core/command.js'
import { defineStep, type Change, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { folderAt, type NamedEntry } from '../../probes/file.js'
import { takeBack } from '../files.js'

export const modsEnabled = '/etc/apache2/mods-enabled'

/** Enabled by the package apache2 of Ubuntu 18.04 itself: a host without Apache yet will have them. */
export const usualModules = [
  ...['access_compat', 'alias', 'auth_basic', 'authn_core', 'authn_file', 'authz_core', 'authz_host', 'authz_user'],
  ...['autoindex', 'deflate', 'dir', 'env', 'filter', 'mime', 'negotiation', 'reqtimeout', 'setenvif', 'status'],
]

/** CGI has a module for each kind of MPM; on a host without Apache yet it will be Debian's default, which has threads. */
export const forMpm = (wanted: readonly string[], enabled: readonly NamedEntry[]): readonly string[] => {
  const cgi = enabled.some(({ name }) => name === 'mpm_prefork.load') ? 'cgi' : 'cgid'
  return wanted.map((name) => (name === 'cgi' ? cgi : name))
}

/**
 * Modules are enabled, as a2enmod does it: each has its link in mods-enabled. Never one that excludes another (an MPM).
 *
 * @param wanted names as a2enmod knows them: `rewrite`; `cgi` is mod_cgid where the MPM has threads
 * Refuses with FOREIGN_FILE where something else than a link lies in the place of one.
 */
export const modules = (wanted: readonly string[]): Step =>
  defineStep({
    id: 'apache.modules',
    why: 'a2enmod: what the directives of the site need',
    title: `Apache modules ${wanted.join(', ')}`,
    probes: { enabled: folderAt(modsEnabled) },
    refuse: ({ enabled }) =>
      enabled
        .filter(({ name, kind }) => kind !== 'link' && forMpm(wanted, enabled).some((one) => name === `${one}.load`))
        .map(
          ({ name, kind }) =>
            new DeployError('FOREIGN_FILE', {
              what: `${modsEnabled}/${name} is not a link: somebody keeps a ${kind} of their own there`,
              remedy: 'move it away: a2enmod makes links to mods-available',
            }),
        ),
    plan: ({ enabled }) =>
      forMpm(wanted, enabled).flatMap((name): readonly Change[] => {
        if (enabled.length === 0 && usualModules.includes(name)) return []
        const path = `${modsEnabled}/${name}.load`
        const link = enabled.find((entry) => entry.name === `${name}.load`)
        if (link?.target === `../mods-available/${name}.load`) return []
        // a2enmod does not touch a link that leads elsewhere
        const before = link?.target
        return [
          {
            kind: link === undefined ? 'create' : 'update',
            subject: `apache module ${name}`,
            run: [...(before === undefined ? [] : [root('rm', '-f', path)]), root('a2enmod', '-q', name)],
            undo: [
              takeBack('[ -L "$1" ]', path, 'a2dismod', '-q', '-f', name),
              ...(before === undefined ? [] : [root('ln', '-sfn', before, path)]),
            ],
          },
        ]
      }),
    triggers: ['apache.configtest', 'apache.reload'],
  })
