import { answered, told, type Example } from './example.js'

/** On a host with a PHP site: where nobody forbids embedded mode, and CGI is run by the module for processes (mod_cgi). */
export const php: readonly Example[] = [
  {
    file: 'process-groups/embedded.yml',
    again: true,
    requests: [told('/', { 'mod_wsgi.process_group': '', 'process.user': 'www-data', 'wsgi.multiprocess': true })],
  },
  {
    file: 'hosts/existing-site.yml',
    again: true,
    requests: [
      answered('/', 200, /This is the PHP site/),
      told('/wiki/page', {
        SCRIPT_NAME: '/wiki',
        PATH_INFO: '/page',
        'mod_wsgi.process_group': 'hosts-existing-site',
        'process.user': 'flask-hosts-existing-site',
      }),
    ],
    looks: [
      {
        run: "grep -c IncludeOptional /etc/apache2/sites-available/php.conf; grep '^[^#]' /etc/apache2/sites-available/php.conf | tail -2",
        prints: /^1\n\s+IncludeOptional \/etc\/apache2\/deploy-flask\/hosts-existing-site\.conf\n<\/VirtualHost>\n$/,
      },
    ],
  },
  {
    file: 'alias/add-handler.yml',
    requests: [
      answered('/wsgi/page.html', 200, /<title>A static page<\/title>/),
      answered('/wsgi/report.cgi', 200, 'CGI script /wsgi/report.cgi\n'),
      told('/wsgi/myapp.wsgi/page', { SCRIPT_NAME: '/wsgi/myapp.wsgi', PATH_INFO: '/page' }),
      answered('/wsgi/myapp', 404),
      answered('/wsgi/', 403),
    ],
  },
]
