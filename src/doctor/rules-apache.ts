import { first } from './facts.js'
import type { Rule } from './rule.js'

/** Why Apache does not take its configuration, or does not run. */
export const apacheRules: readonly Rule[] = [
  {
    id: 'apache-missing',
    severity: 'error',
    state: ({ apache: { installed } }) => (installed ? undefined : '/usr/sbin/apache2ctl is not there'),
    cause: 'Apache is not installed on the host any more',
    remedy: 'apply installs it',
    repair: 'apply',
  },
  {
    id: 'module-file-missing',
    severity: 'error',
    texts: [/Cannot load \S*mod_wsgi\S* into server/],
    state: ({ module: { file, there } }) => (file === null || there ? undefined : `${file} is not there`),
    cause:
      'the module of mod_wsgi that Apache is told to load is gone: Apache will not start again, with none of its sites',
    remedy: 'apply installs mod_wsgi again and corrects wsgi.load; do not restart Apache before',
    repair: 'apply',
    symptomOf: ['apache-missing'],
  },
  {
    id: 'module-disabled',
    severity: 'error',
    texts: [/Invalid command '?"?WSGI\w+/],
    state: ({ apache, module: { enabled } }) =>
      enabled || !apache.installed ? undefined : '/etc/apache2/mods-enabled/wsgi.load is not there',
    cause: 'mod_wsgi is not enabled, so Apache does not understand the virtual host',
    remedy: 'apply enables it',
    repair: 'apply',
    symptomOf: ['apache-missing'],
  },
  {
    id: 'module-twice',
    severity: 'warning',
    texts: [/AH01574: module wsgi_module is already loaded/],
    state: ({ module: { loads } }) => (loads.length > 1 ? `loaded by ${loads.join(' and ')}` : undefined),
    cause: 'two modules of mod_wsgi are loaded; the first in the alphabet wins, and may be of another Python',
    remedy:
      'remove the other one: apt-get remove libapache2-mod-wsgi-py3, or the file of mods-enabled that is not wsgi.load',
  },
  {
    id: 'group-duplicate',
    severity: 'error',
    texts: [/Name duplicates previous WSGI daemon definition/],
    state: ({ duplicates }) =>
      first(duplicates, ({ name, files }) => `process group ${name} is defined in ${files.join(' and ')}`),
    cause: 'two files define a process group of the same name, as a copy of a virtual host does (certbot makes one)',
    remedy: 'remove the second WSGIDaemonProcess: a virtual host of the same ServerName can use the first one',
    symptomOf: ['module-disabled', 'module-file-missing'],
  },
  {
    id: 'config-broken',
    severity: 'error',
    state: ({ configtest: { status, lines } }) =>
      status === 0
        ? undefined
        : `apache2ctl configtest: ${lines.find((line) => !/AH00558/.test(line)) ?? `exit code ${status}`}`,
    cause: 'Apache refuses its configuration: it will not reload, and not start again',
    remedy: 'correct the line that it names; what is in files of ours apply writes again',
    repair: 'apply',
    symptomOf: ['apache-missing', 'module-file-missing', 'module-disabled', 'group-duplicate', 'account-missing'],
  },
  {
    id: 'port-taken',
    severity: 'error',
    texts: [/AH00072: make_sock: could not bind to address/],
    state: ({ port: { number, owners } }) => {
      const others = owners.filter((owner) => owner !== 'apache2')
      return others.length === 0 || owners.includes('apache2')
        ? undefined
        : `${others.join(', ')} listens on port ${number}`
    },
    cause: 'another program has the port of the site',
    remedy: 'stop that program and start Apache, or give the site another port ("port")',
    total: true,
  },
  {
    id: 'apache-stopped',
    severity: 'error',
    state: ({ apache: { installed, running } }) => (running || !installed ? undefined : 'no process of Apache runs'),
    cause: 'Apache does not run',
    remedy: 'start it: systemctl start apache2',
    symptomOf: [
      'port-taken',
      'config-broken',
      'module-file-missing',
      'module-disabled',
      'group-duplicate',
      'account-missing',
    ],
  },
  {
    id: 'apache-not-at-boot',
    severity: 'warning',
    state: ({ apache: { installed, enabled } }) =>
      enabled || !installed ? undefined : 'apache2.service is not enabled',
    cause: 'Apache will not be started when the host is',
    remedy: 'systemctl enable apache2',
  },
  {
    id: 'apache-name',
    severity: 'note',
    texts: [/AH00558: .*Could not reliably determine the server's fully qualified domain name/],
    cause: 'Apache has no ServerName of its own, outside of the virtual hosts; that is harmless',
    remedy: 'nothing needs to be done; a ServerName in conf-available silences it',
  },
  {
    id: 'document-root',
    severity: 'warning',
    texts: [/AH00112: Warning: DocumentRoot \[\/var\/lib\/deploy-flask\/empty\/?\] does not exist/],
    cause: 'the empty folder that is the DocumentRoot of the site is gone',
    remedy: 'apply makes it again',
    repair: 'apply',
  },
  {
    id: 'run-cut-off',
    severity: 'warning',
    state: ({ cutOff }) =>
      cutOff ? 'its journal lies in /var/lib/deploy-flask/undo, and nobody holds the lock' : undefined,
    cause: 'a run of deploy-flask was cut off, and has left the host half way',
    remedy: 'take back what it has left half done; the next apply would do it, too',
    repair: 'recover',
  },
  {
    id: 'packages-interrupted',
    severity: 'warning',
    state: ({ packages: { interrupted } }) => (interrupted === null ? undefined : interrupted),
    cause: 'an installation of packages was cut off half way',
    remedy: 'dpkg --configure -a',
  },
  {
    id: 'packages-locked',
    severity: 'warning',
    state: ({ packages: { holder } }) => (holder === null ? undefined : `${holder} holds the lock of dpkg`),
    cause: 'packages are being installed or updated, as after the first start of a host; apply would wait for it',
    remedy: 'wait until it is done; never delete the lock',
  },
]
