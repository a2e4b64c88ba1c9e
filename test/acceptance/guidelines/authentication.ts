import { answered, told, type Example, type Request } from './example.js'

const login = (user: string, password: string): { readonly authorization: string } => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

export const alicePassword = 'wonderland'

const alice = login('alice', alicePassword)
const bob = login('bob', 'builder')

const refused = (path: string, status: number, headers?: Request['headers']): Request => ({
  path,
  ...(headers === undefined ? {} : { headers }),
  expect: { status },
})

/** User Authentication. */
export const authentication: readonly Example[] = [
  {
    file: 'authentication/not-passed.yml',
    requests: [{ path: '/', headers: alice, expect: { status: 200, without: ['HTTP_AUTHORIZATION', 'REMOTE_USER'] } }],
  },
  {
    file: 'authentication/passed.yml',
    requests: [told('/', { HTTP_AUTHORIZATION: alice.authorization }, { path: '/', headers: alice })],
  },
  {
    file: 'authentication/by-apache.yml',
    again: true,
    requests: [
      { path: '/', expect: { status: 401, headers: { 'www-authenticate': 'Basic realm="Members only"' } } },
      refused('/', 401, login('alice', 'wrong')),
      {
        path: '/',
        headers: alice,
        expect: {
          status: 200,
          json: { REMOTE_USER: 'alice', AUTH_TYPE: 'Basic' },
          without: ['HTTP_AUTHORIZATION'],
        },
      },
    ],
  },
  {
    file: 'authentication/users-file.yml',
    before: `htpasswd -bBc /etc/apache2/example.htpasswd bob builder
      htpasswd -bB /etc/apache2/example.htpasswd alice ${alicePassword}
      chown root:www-data /etc/apache2/example.htpasswd; chmod 640 /etc/apache2/example.htpasswd`,
    requests: [
      { path: '/', expect: { status: 200, without: ['REMOTE_USER'] } },
      refused('/admin', 401),
      refused('/admin/users', 401, alice),
      told('/admin/users', { REMOTE_USER: 'bob', PATH_INFO: '/admin/users' }, { path: '/admin/users', headers: bob }),
      answered('/administration', 200),
    ],
  },
  {
    file: 'authentication/by-address.yml',
    requests: [
      answered('/', 200),
      refused('/status', 403),
      told('/status', { REMOTE_ADDR: '127.0.0.1' }, { path: '/status', onHost: '127.0.0.1' }),
    ],
  },
]
