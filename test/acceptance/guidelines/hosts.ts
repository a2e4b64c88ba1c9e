import { answered, told, type Example } from './example.js'

/** The virtual host of the first document. */
const firstNote = `<VirtualHost *:80>
    ServerName example.com
    WSGIDaemonProcess yourapplication python-home=/srv/yourapplication/env
    WSGIScriptAlias / /opt/yourapplication/yourapplication.wsgi
    <Directory /opt/yourapplication>
        WSGIProcessGroup yourapplication
        WSGIApplicationGroup %{GLOBAL}
        Require all granted
    </Directory>
</VirtualHost>
`

/** Virtual hosts, and the first document. */
export const hosts: readonly Example[] = [
  {
    file: 'hosts/aliases.yml',
    requests: [
      answered('/', 200),
      told('/', { HTTP_HOST: 'www.aliases.hosts.test' }, { path: '/', name: 'www.aliases.hosts.test' }),
      told('/', { HTTP_HOST: 'old.aliases.hosts.test' }, { path: '/', name: 'old.aliases.hosts.test' }),
    ],
    looks: [
      {
        run: 'apache2ctl -S',
        prints: /namevhost aliases\.hosts\.test .*\n +alias www\.aliases\.hosts\.test\n +alias old/,
      },
    ],
  },
  {
    file: 'hosts/own-port.yml',
    requests: [told('/', { SERVER_PORT: '8080' })],
    looks: [{ run: 'ss -Hltn sport = :8080', prints: /LISTEN .*:8080 / }],
  },
  {
    file: 'hosts/one-address.yml',
    requests: [
      told('/', { SERVER_ADDR: '127.0.0.1', SERVER_PORT: '8081' }, { path: '/', onHost: '127.0.0.1' }),
      { path: '/', expect: { status: 0 } },
    ],
    looks: [{ run: 'ss -Hltn sport = :8081', prints: /127\.0\.0\.1:8081 / }],
  },
  {
    file: 'hosts/ipv6.yml',
    again: true,
    requests: [
      told('/', { SERVER_ADDR: '::1', SERVER_PORT: '8082' }, { path: '/', onHost: '::1' }),
      { path: '/', expect: { status: 0 } },
    ],
    looks: [{ run: 'ss -Hltn sport = :8082', prints: /\[::1\]:8082 / }],
  },
  {
    file: 'first-note/seed.yml',
    again: true,
    copies: { '.': '/opt/yourapplication' },
    before: `mkdir -p /var/lib/yourapplication
      python3 -c 'import sqlite3; sqlite3.connect("/var/lib/yourapplication/yourapplication.db").execute("create table notes (id)")'`,
    requests: [
      told('/some/path', {
        SCRIPT_FILENAME: '/opt/yourapplication/yourapplication.wsgi',
        'mod_wsgi.process_group': 'yourapplication',
        'mod_wsgi.application_group': '',
        'process.user': 'www-data',
      }),
    ],
    looks: [
      { run: 'grep "^[^#]" /etc/apache2/sites-enabled/yourapplication.conf', prints: firstNote },
      {
        run: "stat -c '%n %U' /var/lib/yourapplication /var/lib/yourapplication/yourapplication.db",
        prints: '/var/lib/yourapplication www-data\n/var/lib/yourapplication/yourapplication.db www-data\n',
      },
    ],
  },
]
