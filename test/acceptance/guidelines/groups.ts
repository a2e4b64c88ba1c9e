import { expect } from 'vitest'
import { answered, told, type Example } from './example.js'

const inGroup = (path: string, group: string) => told(path, { 'mod_wsgi.application_group': group })

/** Defining Application Groups. */
export const applicationGroups: readonly Example[] = [
  {
    file: 'application-groups/resource.yml',
    requests: [
      inGroup('/', 'resource.application-groups.test|'),
      inGroup('/wiki', 'resource.application-groups.test|/wiki'),
    ],
    same: ['process.pid'],
    different: ['process.interpreter'],
  },
  {
    file: 'application-groups/shared.yml',
    requests: [inGroup('/wsgi/myapp.wsgi', 'admin-scripts'), inGroup('/wsgi/mywiki.wsgi', 'admin-scripts')],
    same: ['process.pid', 'process.interpreter'],
  },
  { file: 'application-groups/global.yml', requests: [inGroup('/', '')] },
  {
    file: 'application-groups/server.yml',
    requests: [inGroup('/', 'server.application-groups.test'), inGroup('/wiki', 'server.application-groups.test')],
    same: ['process.pid', 'process.interpreter'],
  },
  {
    file: 'application-groups/environment.yml',
    requests: [inGroup('/', 'public'), inGroup('/admin/users', 'admin')],
    same: ['process.pid'],
    different: ['process.interpreter'],
  },
  {
    file: 'application-groups/user-directories.yml',
    again: true,
    copies: { 'scripts/myapp.wsgi': '/home/alice/public_html/wsgi-scripts/myapp.wsgi' },
    before: 'useradd alice; chown -R alice:alice /home/alice',
    requests: [
      inGroup('/~alice/myapp.wsgi', '~alice'),
      told('/~alice/myapp.wsgi/page', {
        SCRIPT_NAME: '/~alice/myapp.wsgi',
        PATH_INFO: '/page',
        'process.user': 'flask-group-user-directories',
      }),
      answered('/~bob/myapp.wsgi', 403),
      inGroup('/', ''),
    ],
  },
]

/** Of each daemon process, beside those that serve requests. */
const ownThreads = 3

const owners = (title: string): string => `ps -eo user:32,args | awk '$2 == "${title}" { print $1 }'`

/** Defining Process Groups. */
export const processGroups: readonly Example[] = [
  {
    file: 'process-groups/daemon.yml',
    requests: [
      told('/', { 'mod_wsgi.process_group': 'www.site.com', 'wsgi.multithread': true, 'wsgi.multiprocess': false }),
      answered('/favicon.ico', 200),
      answered('/site.css', 200),
      answered('/media/logo.svg', 200),
    ],
    looks: [
      {
        run: 'grep -o "WSGIDaemonProcess www.site.com.* threads=15\\|maximum-requests=10000" /etc/apache2/sites-enabled/pool-daemon.conf',
        prints: /threads=15\nmaximum-requests=10000\n$/,
      },
      { run: owners('www.site.com'), prints: 'flask-pool-daemon\n' },
    ],
  },
  {
    file: 'process-groups/site1.yml',
    requests: [
      told('/', { 'mod_wsgi.process_group': 'www.site1.com', 'wsgi.multiprocess': true, 'process.user': 'joe' }),
    ],
    looks: [
      { run: owners('www.site1.com'), prints: 'joe\njoe\n' },
      {
        run: 'for pid in $(pgrep -u joe); do ls /proc/$pid/task | wc -l; done',
        prints: `${25 + ownThreads}\n`.repeat(2),
      },
    ],
  },
  {
    file: 'process-groups/site2.yml',
    requests: [
      told('/', { 'mod_wsgi.process_group': 'www.site2.com', 'wsgi.multiprocess': true, 'process.user': 'bob' }),
    ],
    looks: [{ run: owners('www.site2.com'), prints: 'bob\nbob\n' }],
  },
  {
    file: 'process-groups/one-process.yml',
    requests: [told('/', { 'wsgi.multiprocess': false, 'wsgi.multithread': true })],
  },
  {
    file: 'process-groups/maximum-requests.yml',
    requests: [{ ...told('/', { 'wsgi.multiprocess': true }), times: 12 }],
    looks: [
      {
        run: "grep -c 'Maximum requests reached' /var/log/apache2/pool-maximum-requests-error.log",
        prints: /^[1-9]\d*\n$/,
      },
    ],
  },
  {
    file: 'process-groups/server-scope.yml',
    requests: [
      told('/wiki', { 'mod_wsgi.process_group': 'shared', SCRIPT_NAME: '/wiki' }),
      told('/blog', { 'mod_wsgi.process_group': 'shared', SCRIPT_NAME: '/blog' }),
    ],
    same: ['process.pid'],
    different: ['process.interpreter'],
    looks: [
      {
        run: "grep -n 'WSGIDaemonProcess shared\\|<VirtualHost' /etc/apache2/sites-enabled/pool-server-scope.conf",
        prints: /^\d+:WSGIDaemonProcess shared .*\n\d+:<VirtualHost \*:80>\n$/,
      },
      { run: owners('(wsgi:shared)'), prints: 'flask-pool-server-scope\n' },
    ],
  },
  {
    file: 'process-groups/several.yml',
    again: true,
    requests: [
      told('/', { 'mod_wsgi.process_group': 'pool-several', 'process.user': 'flask-pool-several' }),
      told('/reports', { 'mod_wsgi.process_group': 'reports', 'process.user': 'reporter' }),
    ],
    different: ['process.pid'],
    looks: [{ run: owners('(wsgi:reports)'), prints: 'reporter\n' }],
  },
  {
    file: 'process-groups/by-map.yml',
    again: true,
    requests: [
      told('/reports', { 'mod_wsgi.process_group': 'slow' }),
      told('/', { 'mod_wsgi.process_group': 'pool-by-map' }),
      told('/reports/more', { 'mod_wsgi.process_group': 'pool-by-map', 'process.user': 'flask-pool-by-map' }),
    ],
  },
  {
    file: 'process-groups/preload.yml',
    requests: [told('/', { 'mod_wsgi.process_group': 'pool-preload' })],
    looks: [
      {
        run: `log=/var/log/apache2/pool-preload-error.log
          told() { grep -c 'deploy-flask: process group pool-preload,' $log; }
          before=$(told); asked=$(wc -l < /var/log/apache2/pool-preload-access.log); systemctl reload apache2
          for _ in $(seq 100); do [ "$(told)" = "$before" ] || break; sleep 0.1; done
          echo $(($(told) - before)) $(($(wc -l < /var/log/apache2/pool-preload-access.log) - asked))`,
        prints: '1 0\n',
      },
    ],
  },
  {
    file: 'process-groups/surroundings.yml',
    copies: { '.': '/opt/wsgi' },
    requests: [
      told('/', {
        'process.cwd': '/opt/wsgi',
        'process.umask': '0007',
        'process.encoding': 'utf-8',
        'process.path': expect.arrayContaining(['/opt/wsgi/variants']) as string[],
        'os.environ.LANG': 'C.UTF-8',
      }),
    ],
    looks: [
      {
        run: 'pid=$(pgrep -u flask-pool-surroundings); readlink /proc/$pid/cwd; grep Umask /proc/$pid/status',
        prints: '/opt/wsgi\nUmask:\t0007\n',
      },
    ],
  },
  {
    file: 'process-groups/error-log.yml',
    requests: [answered('/', 200)],
    looks: [
      { run: 'cat /var/log/apache2/pool-error-log-error.log', prints: /\[wsgi:info\] .*mod_wsgi \(pid=\d+\)/ },
      { run: 'grep -c pool-error-log /var/log/apache2/error.log || :', prints: '0\n' },
    ],
  },
]
