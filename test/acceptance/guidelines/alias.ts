import { answered, told, type Example } from './example.js'

const page = /<title>A static page<\/title>/
const report = 'CGI script /wsgi/report.cgi\n'

/** The Apache Alias Directive. */
export const alias: readonly Example[] = [
  {
    file: 'alias/set-handler.yml',
    requests: [
      told('/wsgi/myapp.wsgi/page', { SCRIPT_NAME: '/wsgi/myapp.wsgi', PATH_INFO: '/page' }),
      answered('/wsgi/hello.wsgi', 200, 'Hello World!'),
      answered('/wsgi/nothing.wsgi', 404),
    ],
    looks: [
      {
        run: 'cat /etc/apache2/sites-enabled/alias-set-handler.conf',
        prints:
          /Alias \/wsgi\/ \/srv\/alias-set-handler\/current\/scripts\/\n[\s\S]+Options ExecCGI\n[\s\S]+SetHandler wsgi-script\n/,
      },
    ],
  },
  {
    file: 'alias/multiviews.yml',
    requests: [
      told('/wsgi/myapp/page', { SCRIPT_NAME: '/wsgi/myapp.wsgi', PATH_INFO: '/page' }),
      answered('/wsgi/report', 200, report),
      answered('/wsgi/page', 200, page),
      answered('/wsgi/nothing', 404),
    ],
  },
  {
    file: 'alias/indexes.yml',
    requests: [
      answered('/wsgi/', 200, /<title>Index of \/wsgi<\/title>[\s\S]+href="myapp\.wsgi"[\s\S]+href="report\.cgi"/),
      told('/wsgi/myapp.wsgi', { SCRIPT_NAME: '/wsgi/myapp.wsgi' }),
    ],
  },
  {
    file: 'alias/directory-index.yml',
    requests: [
      answered('/wsgi/', 200, 'Hello World!'),
      answered('/wsgi/extra', 404),
      told('/wsgi/myapp.wsgi/page', { SCRIPT_NAME: '/wsgi/myapp.wsgi' }),
    ],
  },
  {
    file: 'alias/index-at-root.yml',
    requests: [answered('/', 200, 'Hello World!'), answered('/other', 404), answered('/page.html', 200, page)],
  },
  {
    file: 'alias/htaccess.yml',
    again: true,
    requests: [
      answered('/site/', 200, 'Hello World!'),
      told('/site/myapp/page', { SCRIPT_NAME: '/site/myapp.wsgi', PATH_INFO: '/page' }),
      answered('/site/report', 200, 'CGI script /site/report.cgi\n'),
      answered('/site/page.html', 200, page),
      answered('/site/.htaccess', 403),
    ],
  },
  {
    file: 'alias/rewrite-script.yml',
    requests: [
      answered('/page.html', 200, page),
      told('/some/path?q=1', { SCRIPT_NAME: '/site.wsgi', PATH_INFO: '/some/path', QUERY_STRING: 'q=1' }),
      told('/', { SCRIPT_NAME: '/site.wsgi', PATH_INFO: '/' }),
    ],
  },
  {
    file: 'alias/rewrite-script-hidden.yml',
    requests: [
      answered('/page.html', 200, page),
      told('/some/path?q=1', { SCRIPT_NAME: '', PATH_INFO: '/some/path', QUERY_STRING: 'q=1' }),
      told('/', { SCRIPT_NAME: '', PATH_INFO: '/' }),
    ],
  },
  {
    file: 'alias/rewrite-module.yml',
    again: true,
    requests: [
      answered('/page.html', 200, page),
      told('/some/path?q=1', { SCRIPT_NAME: '', PATH_INFO: '/some/path', QUERY_STRING: 'q=1' }),
      told('/', { SCRIPT_NAME: '', PATH_INFO: '/' }),
      answered('/site.wsgi', 403),
    ],
  },
  {
    file: 'alias/rewrite-module-shown.yml',
    requests: [
      answered('/page.html', 200, page),
      told('/some/path', { SCRIPT_NAME: '/alias-rewrite-shown.wsgi', PATH_INFO: '/some/path' }),
    ],
  },
]
