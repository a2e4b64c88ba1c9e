import { expect } from 'vitest'
import { answered, told, type Example } from './example.js'

/** The WSGIScriptAlias Directive. */
export const mounting: readonly Example[] = [
  {
    file: 'mounting/url.yml',
    requests: [
      told('/myapp', { SCRIPT_NAME: '/myapp', PATH_INFO: '' }),
      told('/myapp/some/path', { SCRIPT_NAME: '/myapp', PATH_INFO: '/some/path' }),
      answered('/myappx', 404),
    ],
  },
  {
    file: 'mounting/hello-world.yml',
    requests: [
      {
        path: '/',
        expect: {
          status: 200,
          body: 'Hello World!',
          headers: { 'content-type': 'text/plain', 'content-length': '12' },
        },
      },
    ],
  },
  {
    file: 'mounting/module.yml',
    requests: [told('/', { SCRIPT_FILENAME: '/srv/mounting-module/wsgi/mounting-module.wsgi' })],
  },
  {
    file: 'mounting/script-on-the-host.yml',
    copies: { '.': '/opt/wsgi' },
    requests: [told('/', { SCRIPT_FILENAME: '/opt/wsgi/scripts/myapp.wsgi' })],
    looks: [
      {
        run: "grep -A2 '<Directory /opt/wsgi/scripts>' /etc/apache2/sites-enabled/mounting-script-on-host.conf",
        prints: /<Files myapp\.wsgi>\n +Require all granted/,
      },
      { run: 'grep -c ExecCGI /etc/apache2/sites-enabled/mounting-script-on-host.conf || :', prints: '0\n' },
    ],
  },
  {
    file: 'mounting/root.yml',
    requests: [told('/some/path', { SCRIPT_NAME: '', PATH_INFO: '/some/path' })],
  },
  {
    file: 'mounting/several.yml',
    again: true,
    requests: [
      told('/wiki/page', { SCRIPT_NAME: '/wiki', SCRIPT_FILENAME: expect.stringMatching(/\/scripts\/mywiki\.wsgi$/) }),
      told('/blog/page', { SCRIPT_NAME: '/blog', SCRIPT_FILENAME: expect.stringMatching(/\/scripts\/myblog\.wsgi$/) }),
      told('/page', { SCRIPT_NAME: '', SCRIPT_FILENAME: expect.stringMatching(/\/scripts\/myapp\.wsgi$/) }),
      told('/wikis', { SCRIPT_NAME: '', PATH_INFO: '/wikis' }),
    ],
  },
  {
    file: 'mounting/folder.yml',
    requests: [
      told('/wsgi/mywiki.wsgi/page', { SCRIPT_NAME: '/wsgi/mywiki.wsgi', PATH_INFO: '/page' }),
      answered('/wsgi/hello.wsgi', 200, 'Hello World!'),
      answered('/wsgi/nothing.wsgi', 404),
    ],
  },
  {
    file: 'mounting/pattern.yml',
    requests: [
      told('/wsgi/mywiki/page', { SCRIPT_NAME: '/wsgi/mywiki', PATH_INFO: '/page' }),
      answered('/wsgi/hello', 200, 'Hello World!'),
      answered('/wsgi/nothing', 404),
      answered('/other/wsgi/hello', 404),
    ],
  },
  {
    file: 'mounting/other-extension.yml',
    requests: [told('/', { SCRIPT_FILENAME: expect.stringMatching(/\/variants\/guestbook\.py$/) })],
  },
  {
    file: 'mounting/callable.yml',
    requests: [told('/', { SCRIPT_FILENAME: expect.stringMatching(/\/variants\/named\.wsgi$/) })],
  },
]
