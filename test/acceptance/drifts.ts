/** One way in which a host stops being as it was deployed, and what a plan and a run have to make of it. */
export interface Drift {
  readonly title: string
  /** Bash, as root on the host. */
  readonly break: string
  /** Steps that change something. All others are already so, but for the unknown ones. */
  readonly steps: readonly string[]
  /** Steps that can be planned only when an earlier one has repaired something. */
  readonly unknown?: readonly string[]
  readonly handlers: readonly string[]
  /** Paths that are not as before even when all is well again. */
  readonly stays?: RegExp
  /** Where pip writes files anew: with the same content, but for its notes and for compiled modules. */
  readonly rewrites?: RegExp
}

const load = '/etc/apache2/mods-available/wsgi.load'
const vhost = '/etc/apache2/sites-available/notes.conf'
const script = '/srv/notes/wsgi/notes.wsgi'
const settings = '/etc/deploy-flask/notes/settings.json'
const page = '/srv/notes/current/notes/pages.py'
const database = '/srv/notes/data/notes.db'
const venv = '$(echo /srv/notes/venvs/*)'

const module = { handlers: ['apache.configtest', 'apache.reload'] }
const reload = { handlers: ['apache.reload'] }
const touch = { handlers: ['apache.touch'] }
/** pip takes folders away that become empty, those of the distribution too, and makes them anew as root's own. */
const modWsgi = {
  steps: ['python.mod-wsgi'],
  unknown: ['apache.wsgi-load'],
  handlers: ['apache.configtest', 'apache.restart'],
  stays: /^\/usr\/local\/lib\/python3\.6(\/dist-packages(\/mod_wsgi.*)?)?$/,
  rewrites: /^\/usr\/local(\/|$)/,
}
const application = { handlers: ['site.import', 'apache.touch'] }

const packages = { ...application, rewrites: /^\/srv\/notes\/venvs\// }

/** Changed code comes as a whole release of its own, and the one that was tampered with is kept beside it. */
const code = {
  ...application,
  steps: ['site.release', 'site.current', 'site.history'],
  stays: /^\/srv\/notes\/(current$|releases\/)/,
}

export const apacheDrifts: readonly Drift[] = [
  { title: 'wsgi.load is edited', break: `echo '# mine' >> ${load}`, steps: ['apache.wsgi-load'], ...module },
  { title: 'wsgi.load is emptied', break: `: > ${load}`, steps: ['apache.wsgi-load'], ...module },
  {
    title: 'wsgi.load loads a module that is not there',
    break: `sed -i s/python3/python9/g ${load}`,
    steps: ['apache.wsgi-load'],
    ...module,
  },
  { title: 'wsgi.load has another mode', break: `chmod 0666 ${load}`, steps: ['apache.wsgi-load'], ...module },
  { title: 'wsgi.load has another owner', break: `chown www-data: ${load}`, steps: ['apache.wsgi-load'], ...module },
  { title: 'wsgi.load is deleted', break: `rm ${load}`, steps: ['apache.wsgi-load'], ...module },
  { title: 'the module is disabled', break: 'a2dismod -q wsgi', steps: ['apache.modules'], ...module },
  {
    title: 'the link of the module leads elsewhere',
    break: 'ln -sfn /dev/null /etc/apache2/mods-enabled/wsgi.load',
    steps: ['apache.modules'],
    ...module,
  },
  {
    title: 'the virtual host is edited',
    break: `sed -i s/threads=5/threads=9/ ${vhost}`,
    steps: ['apache.vhost'],
    ...reload,
  },
  {
    title: 'the virtual host is edited so that Apache refuses it',
    break: `echo 'Nonsense on' >> ${vhost}`,
    steps: ['apache.vhost'],
    ...reload,
  },
  { title: 'the virtual host has mode 0600', break: `chmod 0600 ${vhost}`, steps: ['apache.vhost'], ...reload },
  { title: 'the virtual host is deleted', break: `rm ${vhost}`, steps: ['apache.vhost'], ...reload },
  { title: 'the site is disabled', break: 'a2dissite -q notes', steps: ['apache.enabled-site'], ...reload },
  {
    title: 'the link of the site leads elsewhere',
    break: 'ln -sfn ../sites-available/000-default.conf /etc/apache2/sites-enabled/notes.conf',
    steps: ['apache.enabled-site'],
    ...reload,
  },
  { title: 'Apache has not loaded what was written', break: `touch ${vhost}`, steps: [], ...reload },
]

export const siteDrifts: readonly Drift[] = [
  {
    title: 'the WSGI script is edited',
    break: `echo 'raise SystemExit' >> ${script}`,
    steps: ['site.wsgi-script'],
    ...touch,
  },
  { title: 'the WSGI script is deleted', break: `rm ${script}`, steps: ['site.wsgi-script'], ...touch },
  {
    title: 'the WSGI script belongs to the daemon',
    break: `chown flask-notes ${script}`,
    steps: ['site.wsgi-script'],
    ...touch,
  },
  {
    title: 'the settings are edited',
    break: `sed -i 's/Field notes/Nothing/' ${settings}`,
    steps: ['site.settings'],
    ...touch,
  },
  {
    title: 'the settings can be read by everybody',
    break: `chmod 0644 ${settings}`,
    steps: ['site.settings'],
    ...touch,
  },
  { title: 'the settings are deleted', break: `rm ${settings}`, steps: ['site.settings'], ...touch },
  { title: 'a file of the code is edited', break: `echo '# mine' >> ${page}`, ...code },
  { title: 'a file is added to the code', break: 'touch /srv/notes/current/notes/extra.py', ...code },
  { title: 'a file of the code is deleted', break: `rm ${page}`, ...code },
  { title: 'a file of the code can be written by everybody', break: `chmod 0666 ${page}`, ...code },
  { title: 'a file of the code belongs to the daemon', break: `chown flask-notes ${page}`, ...code },
  {
    title: 'a folder of the code can be written by the daemon',
    break: 'chown flask-notes /srv/notes/current/notes/templates',
    ...code,
  },
  { title: 'the code that is served is not there', break: 'ln -sfn releases/none /srv/notes/current', ...code },
  { title: 'nothing says which code is served', break: 'rm /srv/notes/current', ...code },
  { title: 'the database belongs to root', break: `chown root ${database}`, steps: ['site.sqlite'], handlers: [] },
  { title: 'the database is read-only', break: `chmod 0444 ${database}`, steps: ['site.sqlite'], handlers: [] },
  {
    title: 'the journal of the database belongs to root',
    break: `install -m 0600 /dev/null ${database}-journal`,
    steps: ['site.sqlite'],
    handlers: [],
    stays: /^\/srv\/notes\/data(\/notes.db-journal)?$/,
  },
  {
    title: 'the data folder belongs to root',
    break: 'chown root: /srv/notes/data',
    steps: ['site.folders'],
    handlers: [],
  },
  {
    title: 'the data folder can be written by everybody',
    break: 'chmod 0777 /srv/notes/data',
    steps: ['site.folders'],
    handlers: [],
  },
  {
    title: 'the folder for the state can be entered by everybody',
    break: 'chmod 0755 /var/lib/deploy-flask/notes',
    steps: ['site.before'],
    handlers: [],
  },
  {
    title: 'the folder of the settings is closed to the daemon',
    break: 'chmod 0700 /etc/deploy-flask/notes',
    steps: ['site.folders'],
    handlers: [],
  },
  {
    title: 'the empty folder of DocumentRoot is gone',
    break: 'rmdir /var/lib/deploy-flask/empty',
    steps: ['site.folders'],
    handlers: [],
  },
  {
    title: 'the account is deleted',
    break: 'userdel -f flask-notes',
    steps: ['site.account', 'site.folders', 'site.settings', 'site.sqlite'],
    handlers: ['apache.reload'],
  },
]

export const pythonDrifts: readonly Drift[] = [
  {
    title: 'a package is removed',
    break: 'dpkg -r --force-depends python3-wheel',
    steps: ['apt.packages'],
    handlers: [],
  },
  {
    title: "mod_wsgi's module is deleted",
    break: 'rm /usr/local/lib/python3.6/dist-packages/mod_wsgi/server/mod_wsgi*.so',
    ...modWsgi,
  },
  {
    title: 'another version of mod_wsgi is installed',
    break: 'pip3 install --no-deps mod_wsgi==4.9.3',
    ...modWsgi,
  },
  {
    title: 'mod_wsgi is uninstalled',
    break: 'pip3 uninstall -y mod_wsgi',
    ...modWsgi,
  },
  {
    title: "the venv's python leads nowhere",
    break: `ln -sfn /nowhere ${venv}/bin/python`,
    steps: ['python.venv'],
    unknown: ['python.requirements'],
    ...packages,
  },
  {
    title: "the venv's python3 leads nowhere",
    break: `ln -sfn /nowhere ${venv}/bin/python3`,
    steps: ['python.venv'],
    unknown: ['python.requirements'],
    ...packages,
  },
  { title: "the venv's pip is deleted", break: `rm ${venv}/bin/pip`, steps: ['python.venv'], ...packages },
  {
    title: "the venv's pip package is deleted",
    break: `rm -r ${venv}/lib/python3.6/site-packages/pip`,
    steps: ['python.venv'],
    unknown: ['python.requirements'],
    ...packages,
  },
  {
    title: 'a tool of the venv is older',
    break: `${venv}/bin/pip install -q wheel==0.37.0`,
    steps: ['python.venv'],
    ...packages,
  },
  {
    title: 'a requirement is older',
    break: `${venv}/bin/pip install -q click==8.0.3`,
    steps: ['python.requirements'],
    ...packages,
  },
  {
    title: 'a requirement is uninstalled',
    break: `${venv}/bin/pip uninstall -q -y itsdangerous`,
    steps: ['python.requirements'],
    ...packages,
  },
  {
    title: 'a requirement of a requirement is uninstalled',
    break: `${venv}/bin/pip uninstall -q -y zipp`,
    steps: ['python.requirements'],
    ...packages,
  },
  {
    title: 'the venv is deleted',
    break: `rm -r ${venv}`,
    steps: ['python.venv', 'python.requirements'],
    ...packages,
  },
]
