import { root, type Command } from '../../src/core/command.js'
import type { Plan } from '../../src/core/plan.js'
import { Secret } from '../../src/core/secret.js'

const settings: Command = {
  argv: ['sh', '-c', 'umask 027; cat > "$1"', 'sh', '/etc/deploy-flask/notes/settings.json'],
  as: 'root',
  stdin: new Secret('hunter2'),
  label: 'write /etc/deploy-flask/notes/settings.json',
}

/** One step of each state, and one change of each kind. */
export const samplePlan: Plan = {
  phases: [
    {
      title: 'Packages',
      steps: [
        { id: 'apt.index', title: 'Package index', state: 'ok' },
        {
          id: 'apt.packages',
          title: 'Packages of Apache and Python',
          state: 'change',
          changes: [
            { kind: 'create', subject: 'package apache2', run: [root('apt-get', 'install', '-y', 'apache2')] },
            { kind: 'run', subject: 'dpkg --configure -a', reason: 'a package is half installed', run: [] },
          ],
        },
      ],
      handlers: [],
    },
    {
      title: 'Apache',
      steps: [
        {
          id: 'python.wsgi-load',
          title: 'wsgi.load',
          state: 'unknown',
          until: 'python.mod-wsgi',
          reason: 'mod_wsgi names its own file',
        },
        {
          id: 'site.vhost',
          title: 'Virtual host of notes',
          state: 'change',
          changes: [
            {
              kind: 'update',
              subject: 'file /etc/apache2/sites-available/notes.conf',
              diff: { before: 'Listen 80\nServerName a\n', after: 'Listen 80\nServerName b\n' },
              run: [root('mv', '-T', '/tmp/a b', '/etc/apache2/sites-available/notes.conf')],
            },
          ],
        },
        {
          id: 'site.settings',
          title: 'Settings of notes',
          state: 'change',
          changes: [
            {
              kind: 'create',
              subject: 'file /etc/deploy-flask/notes/settings.json',
              diff: { before: '', after: 'SECRET_KEY=[secret]\n' },
              run: [settings],
            },
          ],
        },
        {
          id: 'site.old',
          title: 'Old releases',
          state: 'change',
          changes: [{ kind: 'remove', subject: 'folder /srv/notes/releases/1', run: [root('rm', '-r', '--', '/x')] }],
        },
      ],
      handlers: [{ id: 'apache.reload', title: 'reload Apache', reason: 'its configuration changes' }],
    },
  ],
}
