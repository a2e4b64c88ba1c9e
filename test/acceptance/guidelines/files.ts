import { answered, told, type Example, type Request } from './example.js'

/** Apache's own answer: the probe application sends no ETag. */
const file = (path: string, type: string, headers: Readonly<Record<string, string | RegExp>> = {}): Request => ({
  path,
  expect: { status: 200, headers: { 'content-type': type, etag: /^"[0-9a-f-]+"$/, ...headers } },
})

/** Hosting Of Static Files. */
export const files: readonly Example[] = [
  {
    file: 'static/files.yml',
    again: true,
    requests: [
      file('/robots.txt', 'text/plain'),
      file('/favicon.ico', 'image/vnd.microsoft.icon'),
      file('/site.css', 'text/css'),
      file('/media/logo.svg', 'image/svg+xml'),
      told('/', { SCRIPT_NAME: '' }),
      told('/deep/site.css', { PATH_INFO: '/deep/site.css' }),
      told('/site.css.map', { PATH_INFO: '/site.css.map' }),
      told('/media', { PATH_INFO: '/media' }),
      answered('/other.css', 404),
      answered('/media/', 403),
    ],
    looks: [
      { run: 'grep -c SetHandler /etc/apache2/sites-enabled/static-files.conf || :', prints: '0\n' },
      {
        run: "grep -c 'GET /robots.txt' /var/log/apache2/static-files-access.log",
        prints: '1\n',
      },
    ],
  },
  {
    file: 'static/below-a-mount.yml',
    requests: [
      file('/static/logo.svg', 'image/svg+xml'),
      file('/blog/static/logo.svg', 'image/svg+xml'),
      told('/blog/page', { SCRIPT_NAME: '/blog', PATH_INFO: '/page' }),
      told('/page', { SCRIPT_NAME: '' }),
    ],
  },
  {
    file: 'static/caching.yml',
    requests: [
      file('/media/logo.svg', 'image/svg+xml', {
        'cache-control': 'max-age=86400',
        expires: / GMT$/,
        'x-content-type-options': 'nosniff',
      }),
      answered('/', 200),
    ],
  },
]

const sent = (path: string, bytes: number, status: number, chunked?: true): Request => ({
  path,
  bytes,
  ...(chunked === undefined ? {} : { chunked }),
  expect: { status, ...(status === 200 ? { json: { 'body.length': bytes } } : {}) },
})

/** Limiting Request Content. */
export const limits: readonly Example[] = [
  {
    file: 'limits/request-body.yml',
    requests: [sent('/', 1_048_576, 200), sent('/', 1_048_577, 413)],
    looks: [
      {
        run: "grep -c 'POST .* 413 ' /var/log/apache2/limits-request-body-access.log",
        prints: '1\n',
      },
    ],
  },
  {
    file: 'limits/body-of-a-mount.yml',
    requests: [
      sent('/', 1024, 200),
      sent('/', 2000, 413),
      sent('/upload', 2000, 200),
      sent('/upload/picture', 4096, 200),
      sent('/upload', 4097, 413),
    ],
  },
  {
    file: 'limits/chunked.yml',
    requests: [sent('/', 2000, 411, true), sent('/stream', 2000, 200, true), sent('/stream', 70_000, 200, true)],
  },
  {
    file: 'limits/error-document.yml',
    requests: [
      {
        path: '/',
        bytes: 2000,
        expect: { status: 413, body: /That is more than this site takes/, headers: { 'content-type': 'text/html' } },
      },
      sent('/', 1024, 200),
    ],
  },
  {
    file: 'limits/slow-clients.yml',
    requests: [answered('/', 200), { path: '/', unfinished: true, expect: { status: 408 } }],
  },
]
