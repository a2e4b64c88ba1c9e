/** One failure of a site, caused for real on the host, and how it is repaired. */
export interface Ailment {
  readonly title: string
  /** Rules that the doctor must name then, and no others. */
  readonly rules: readonly string[]
  /** Bash, as root on the host. */
  readonly break: string
  /** A page that a visitor asks for in between. */
  readonly visit?: string
  /** Bash; without it "deploy-flask apply" has to be the repair. */
  readonly repair?: string
}

const vhost = '/etc/apache2/sites-available/notes.conf'
const script = '/srv/notes/wsgi/notes.wsgi'
const settings = '/etc/deploy-flask/notes/settings.json'
const data = '/srv/notes/data'
const venv = '$(echo /srv/notes/venvs/*)'
const packages = `${venv}/lib/python3.6/site-packages`
const module = '$(echo /usr/local/lib/python3.6/dist-packages/mod_wsgi/server/mod_wsgi*.so)'

const reload = 'systemctl reload apache2'
const inVhost = (edit: string): string => `sed -i '${edit}' ${vhost}; ${reload}`
const inScript = (python: string): string => `printf '%s\\n' ${JSON.stringify(python)} >> ${script}`

/** Keeps something aside, as long as it is broken. */
const aside = (path: string, after = 'true'): Pick<Ailment, 'break' | 'repair'> => ({
  break: `it=${path}; echo $it >/run/ailment; mv $it $it.aside; ${after}`,
  repair: `it=$(cat /run/ailment); mv $it.aside $it; ${after}`,
})

/** A process that goes on until it is told to end. */
const meanwhile = (python: string): Pick<Ailment, 'break' | 'repair'> => ({
  break: `setsid python3 -c ${JSON.stringify(`${python}; import time; time.sleep(600)`)} </dev/null >/dev/null 2>&1 &
    echo $! >/run/ailment; sleep 1`,
  repair: 'kill $(cat /run/ailment)',
})

export const apacheAilments: readonly Ailment[] = [
  { title: 'the module of mod_wsgi is gone', rules: ['module-file-missing'], ...aside(module) },
  { title: 'mod_wsgi is disabled', rules: ['module-disabled'], break: 'a2dismod -q wsgi' },
  {
    title: 'two files load mod_wsgi',
    rules: ['module-twice'],
    break: 'cp /etc/apache2/mods-available/wsgi.load /etc/apache2/mods-enabled/aaa.load',
    repair: 'rm /etc/apache2/mods-enabled/aaa.load',
  },
  {
    title: 'a copy of the virtual host defines the process group again',
    rules: ['group-duplicate'],
    break: `cp ${vhost} /etc/apache2/sites-enabled/notes-le-ssl.conf`,
    repair: 'rm /etc/apache2/sites-enabled/notes-le-ssl.conf',
  },
  {
    title: 'somebody has written nonsense',
    rules: ['config-broken'],
    break: 'echo Nonsense on > /etc/apache2/conf-enabled/nonsense.conf',
    repair: 'rm /etc/apache2/conf-enabled/nonsense.conf',
  },
  {
    title: 'another program has the port',
    rules: ['port-taken'],
    break: `systemctl stop apache2
      setsid python3 -m http.server 80 </dev/null >/dev/null 2>&1 & echo $! >/run/ailment; sleep 2; systemctl start apache2; true`,
    repair: 'kill $(cat /run/ailment); sleep 1; systemctl reset-failed apache2; systemctl start apache2',
  },
  {
    title: 'Apache is stopped',
    rules: ['apache-stopped'],
    break: 'systemctl stop apache2',
    repair: 'systemctl start apache2',
  },
  {
    title: 'Apache is not started at boot',
    rules: ['apache-not-at-boot'],
    break: 'systemctl disable -q apache2',
    repair: 'systemctl enable -q apache2',
  },
  { title: 'Apache is gone', rules: ['apache-missing'], ...aside('/usr/sbin/apache2ctl') },
  { title: 'DocumentRoot is gone', rules: ['document-root'], break: 'rmdir /var/lib/deploy-flask/empty' },
  {
    title: 'a run was cut off',
    rules: ['run-cut-off'],
    break: 'mkdir -p /var/lib/deploy-flask/undo; echo {} > /var/lib/deploy-flask/undo/journal',
    repair: 'rm -r /var/lib/deploy-flask/undo',
  },
  {
    title: 'packages are being installed',
    rules: ['packages-locked'],
    ...meanwhile("import fcntl; at = open('/var/lib/dpkg/lock-frontend', 'wb'); fcntl.lockf(at, fcntl.LOCK_EX)"),
  },
  {
    title: 'an installation was cut off',
    rules: ['packages-interrupted'],
    break: 'touch /var/lib/dpkg/updates/0001',
    repair: 'rm /var/lib/dpkg/updates/0001',
  },
  {
    title: 'what mod_wsgi is compiled with is not there',
    rules: ['build-tools'],
    break: 'dpkg -r --force-depends apache2-dev',
  },
]

export const requestAilments: readonly Ailment[] = [
  { title: 'the site is disabled', rules: ['site-disabled'], break: `a2dissite -q notes; ${reload}` },
  {
    title: 'Apache has not loaded the site',
    rules: ['daemon-missing'],
    break: `a2dissite -q notes; ${reload}; a2ensite -q notes`,
  },
  {
    title: 'another virtual host claims the name',
    rules: ['answered-by-another'],
    break: `printf '<VirtualHost *:80>\\nServerName notes.test\\nDocumentRoot /var/www/html\\n</VirtualHost>\\n' \
      > /etc/apache2/sites-enabled/000-theirs.conf; ${reload}`,
    repair: `rm /etc/apache2/sites-enabled/000-theirs.conf; ${reload}`,
  },
  {
    title: 'the process group has a typo',
    rules: ['group-unknown'],
    break: inVhost('s/WSGIProcessGroup notes/WSGIProcessGroup nots/'),
  },
  {
    title: 'the process group is of another virtual host',
    rules: ['group-unknown'],
    break: `printf '<VirtualHost *:80>\\nServerName theirs.test\\nWSGIDaemonProcess theirs\\n</VirtualHost>\\n' \
      > /etc/apache2/sites-enabled/theirs.conf
      ${inVhost('s/WSGIProcessGroup notes/WSGIProcessGroup theirs/')}`,
    repair: `rm /etc/apache2/sites-enabled/theirs.conf; ${inVhost('s/WSGIProcessGroup theirs/WSGIProcessGroup notes/')}`,
  },
  {
    title: 'the script has no process group',
    rules: ['embedded-forbidden'],
    break: inVhost('/WSGIProcessGroup notes/d'),
  },
  {
    title: 'access is denied',
    rules: ['access-denied'],
    break: inVhost('s/Require all granted/Require all denied/'),
  },
  {
    title: '.htaccess says what it may not say',
    rules: ['htaccess'],
    break: `echo DirectoryIndex x > /srv/notes/current/notes/static/.htaccess
      ${inVhost('/static>/,/Directory>/s/AllowOverride None/AllowOverride FileInfo/')}`,
    visit: '/static/notes.css',
    repair: `rm /srv/notes/current/notes/static/.htaccess
      ${inVhost('/static>/,/Directory>/s/AllowOverride FileInfo/AllowOverride None/')}`,
  },
  {
    title: 'the sockets of mod_wsgi are gone',
    rules: ['daemon-unreachable'],
    break: 'rm /run/apache2/wsgi.*.sock',
    repair: 'systemctl restart apache2',
  },
  {
    title: 'the daemon crashes',
    rules: ['daemon-crashed'],
    break: inScript('import os, signal; os.kill(os.getpid(), signal.SIGSEGV)'),
    visit: '/',
  },
  {
    title: 'a header is too long',
    rules: ['daemon-died'],
    // what comes within half a minute of a reload may be its doing
    break: `${inScript("application.add_url_rule('/long', 'long', lambda: ('', 200, {'X-Long': 'x' * 70000}))")}; sleep 32`,
    visit: '/long',
  },
  {
    title: 'the application does not answer in time',
    rules: ['timeout'],
    break: `${inScript('import time; time.sleep(6)')}; ${inVhost('s/socket-timeout=60/socket-timeout=2/')}`,
    visit: '/',
  },
  {
    title: 'requests wait too long for a thread',
    rules: ['queue-timeout'],
    break: `${inScript('import time; application.add_url_rule("/slow", "slow", lambda: time.sleep(3) or "slow")')}
      ${inVhost('s/threads=5/threads=1/; s/queue-timeout=45/queue-timeout=1/')}
      for each in 1 2 3; do python3 -c "import urllib.request as it; \
it.urlopen(it.Request('http://127.0.0.1/slow', headers={'Host': 'notes.test'}))" 2>/dev/null & done; wait`,
  },
]

export const pythonAilments: readonly Ailment[] = [
  { title: 'the venv is gone', rules: ['python-home'], ...aside(venv, reload) },
  {
    title: 'the venv cannot be entered',
    rules: ['python-home'],
    break: `chmod 0700 /srv/notes/venvs; ${reload}`,
  },
  {
    title: 'python-home is the python itself',
    rules: ['python-home'],
    break: inVhost('s,python-home=\\([^ ]*\\),python-home=\\1/bin/python,'),
  },
  {
    title: 'the venv is of another Python',
    rules: ['python-mismatch'],
    break: `mv ${venv}/lib/python3.6 ${venv}/lib/python3.7; ${reload}`,
    repair: `mv ${venv}/lib/python3.7 ${venv}/lib/python3.6; ${reload}`,
  },
  { title: 'pip of the venv is old', rules: ['pip-old'], break: `${venv}/bin/pip install -q pip==9.0.3` },
  { title: 'a package is missing', rules: ['module-missing'], ...aside(`${packages}/flask`, `touch ${script}`) },
  {
    title: 'the locale of the daemon is C',
    rules: ['ascii'],
    break: inVhost('s/lang=C.UTF-8//; s/locale=C.UTF-8//'),
    visit: '/files',
  },
  {
    title: 'the locale of the daemon is not there',
    rules: ['ascii'],
    break: inVhost('s/locale=C.UTF-8/locale=en_US.UTF-8/'),
  },
  {
    title: 'the working directory is not there',
    rules: ['home-unusable'],
    break: inVhost('s,home=/srv/notes/current,home=/srv/notes/nowhere,'),
  },
]

export const siteAilments: readonly Ailment[] = [
  { title: 'the database belongs to root', rules: ['sqlite-readonly'], break: `chown root ${data}/notes.db` },
  {
    title: 'the folder of the database belongs to root',
    rules: ['sqlite-readonly'],
    break: `chown root ${data}; chmod 0755 ${data}`,
  },
  {
    title: 'the journal of the database belongs to root',
    rules: ['sqlite-readonly'],
    break: `install -m 0600 /dev/null ${data}/notes.db-wal`,
    repair: `rm ${data}/notes.db-wal`,
  },
  {
    title: 'another database is read-only',
    rules: ['sqlite-readonly'],
    break: `${inScript(
      "import sqlite3; application.add_url_rule('/w', 'w', lambda: " +
        `sqlite3.connect('file:${data}/notes.db?mode=ro', uri=True).execute('CREATE TABLE t (x)'))`,
    )}`,
    visit: '/w',
  },
  {
    title: 'the database cannot be reached',
    rules: ['sqlite-unopened'],
    break: `chown root ${data}; chmod 0700 ${data}`,
  },
  {
    title: 'somebody holds the database',
    rules: ['sqlite-locked'],
    ...meanwhile(
      `import sqlite3; at = sqlite3.connect('${data}/notes.db'); at.execute('BEGIN EXCLUSIVE'); at.execute('CREATE TABLE t (x)')`,
    ),
    repair: `kill $(cat /run/ailment); sleep 1; ${reload}`,
  },
  {
    title: 'a database lies where it will be lost',
    rules: ['sqlite-path'],
    break: `sed -i 's,{,{"OTHER": "sqlite:///other.db"\\,,' ${settings}`,
  },
  {
    title: 'the disk is full',
    rules: ['disk-full'],
    break: `mkdir /run/full; mount -t tmpfs -o size=200k tmpfs /run/full; cp -a ${data}/. /run/full/
      mount --bind /run/full ${data}`,
    repair: `umount ${data} /run/full; rmdir /run/full`,
  },
  {
    title: 'the disk is read-only',
    rules: ['disk-read-only'],
    break: `mount --bind ${data} ${data}; mount -o remount,bind,ro ${data}`,
    repair: `umount ${data}`,
  },
  { title: 'the account is gone', rules: ['account-missing'], break: 'userdel -f flask-notes' },
  { title: 'the code is gone', rules: ['code-missing'], break: 'ln -sfn releases/none /srv/notes/current' },
  {
    title: 'the code cannot be entered',
    rules: ['home-unusable'],
    break: `chmod 0700 /srv/notes/releases; ${reload}`,
  },
  {
    title: 'the settings cannot be read',
    rules: ['settings-unreadable'],
    break: `chmod 0600 ${settings}; touch ${script}`,
  },
  { title: 'the script is gone', rules: ['script-missing'], break: `rm ${script}` },
  { title: 'the script cannot be read', rules: ['script-unreadable'], break: `chmod 0600 ${script}; touch ${script}` },
  { title: 'the folder of the script cannot be entered', rules: ['path-closed'], break: 'chmod 0700 /srv/notes/wsgi' },
  {
    title: 'the data are on a network file system',
    rules: ['sqlite-nfs'],
    break: `[ -e /dev/fuse ] || mknod -m 666 /dev/fuse c 10 229
      DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install sshfs >/dev/null
      mkdir -p /root/.ssh; ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/ailment; cat /root/.ssh/ailment.pub >>/root/.ssh/authorized_keys
      cp -a ${data} /root/ailment; chmod 711 /root
      sshfs -o nonempty,allow_other,default_permissions,StrictHostKeyChecking=no,IdentityFile=/root/.ssh/ailment root@127.0.0.1:/root/ailment ${data}`,
    repair: `umount ${data}; rm -r /root/ailment /root/.ssh/ailment*`,
  },
]

export const applicationAilments: readonly Ailment[] = [
  {
    title: 'the script does not hold the application',
    rules: ['no-application'],
    break: `sed -i 's/^application/app/' ${script}`,
  },
  { title: 'the script is indented', rules: ['syntax-error'], break: inScript(' x = 1') },
  {
    title: 'the code has syntax of a newer Python',
    rules: ['syntax-error'],
    break: inScript("exec('if (n := 1): pass')"),
  },
  { title: 'the application ends itself', rules: ['app-run'], break: inScript('import sys; sys.exit(3)') },
  { title: 'the application starts a server of its own', rules: ['app-run'], break: inScript('application.run()') },
  { title: 'the application fails when it is loaded', rules: ['exception'], break: inScript("raise KeyError('X')") },
  {
    title: 'a page of the application fails',
    rules: ['request-failed'],
    break: inScript("application.add_url_rule('/boom', 'boom', lambda: 1 / 0)"),
    visit: '/boom',
  },
  {
    title: 'the application says that it does not work',
    rules: ['not-answering'],
    break: inScript("application = lambda e, begin: (begin('503 No', []), [b''])[1]"),
  },
  {
    title: 'each process makes a key of its own',
    rules: ['session-keys'],
    break: `sed -i 's/SECRET_KEY/OTHER_KEY/' ${settings}; sed -i 's/threads=5/threads=5 processes=2/' ${vhost}
      echo 'SECRET_KEY = os.urandom(16)' > /srv/notes/current/notes/extra.py`,
  },
]
