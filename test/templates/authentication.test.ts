import { describe, expect, it } from 'vitest'
import { changes } from './render.js'

describe('Configuration Guidelines, User Authentication', () => {
  it('the application sees the Authorization header only when that is asked for', async () => {
    expect(await changes('pass-authorization: true')).toMatchInlineSnapshot(`"WSGIPassAuthorization On"`)
    expect(await changes('pass-authorization: false')).toBe('')
  })

  it('for all applications or for one of them', async () => {
    const wiki = 'mount: /wiki, wsgi: w:a'
    expect(
      await changes(`applications: [{${wiki}, pass-authorization: true}]`, `applications: [{${wiki}}]`),
    ).toMatchInlineSnapshot(`"WSGIPassAuthorization On"`)
    const all = `pass-authorization: true\napplications: [{${wiki}, pass-authorization: false}]`
    expect(await changes(all, `applications: [{${wiki}}]`)).toMatchInlineSnapshot(`"WSGIPassAuthorization On"`)
  })
})

describe('Apache asks for login and password', () => {
  it('at a part of the site; the logins are in a file of ours', async () => {
    const lines = `authentication: {realm: "The \\"admin\\" part", users: {ada: {env: ADA}, bob: {env: BOB}}}
access: [{url: /admin/, users: any}]`
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "<Location /admin>
          AuthMerging And
          AuthType Basic
          AuthName "The \\"admin\\" part"
          AuthBasicProvider file
          AuthUserFile /etc/deploy-flask/shop.htpasswd
          Require valid-user
      </Location>"
    `)
  })

  it('only some of them may; the file is of the host', async () => {
    const lines = `authentication: {users-file: /etc/apache2/users}
access: [{url: /admin/, users: [ada, bob@example.com]}]`
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "<Location /admin>
          AuthMerging And
          AuthType Basic
          AuthName Restricted
          AuthBasicProvider file
          AuthUserFile /etc/apache2/users
          Require user ada bob@example.com
      </Location>"
    `)
  })

  it('in the whole site', async () => {
    const lines = 'authentication: {users-file: /etc/apache2/users}\naccess: [{users: any}]'
    expect(await changes(lines)).toMatchInlineSnapshot(`
      "<Location />
          AuthMerging And
          AuthType Basic
          AuthName Restricted
          AuthBasicProvider file
          AuthUserFile /etc/apache2/users
          Require valid-user
      </Location>"
    `)
  })
})

describe('access control is on top of what is granted anyway', () => {
  it('by address, of a URL: with and without a slash at its end', async () => {
    expect(await changes('access: [{url: /admin/, addresses: [192.0.2.7, "10.1", "2001:db8::/32"]}]'))
      .toMatchInlineSnapshot(`
      "<Location /admin>
          AuthMerging And
          Require ip 192.0.2.7 10.1 2001:db8::/32
      </Location>"
    `)
  })

  it('of a folder, in Files: a section of a folder would come before those that grant', async () => {
    expect(await changes('access: [{folder: uploads/private, deny: true}]')).toMatchInlineSnapshot(`
      "<DirectoryMatch ^/srv/code/uploads/private(/|$)>
          <Files *>
              AuthMerging And
              Require all denied
          </Files>
      </DirectoryMatch>"
    `)
  })

  it('by address and login, of which both or one are needed', async () => {
    const rule = (satisfy: string) =>
      `authentication: {users-file: /etc/apache2/users}\naccess: [{url: /admin/, users: any, addresses: [10.0.0.0/8], satisfy: ${satisfy}}]`
    expect(await changes(rule('all'))).toMatchInlineSnapshot(`
      "<Location /admin>
          AuthMerging And
          AuthType Basic
          AuthName Restricted
          AuthBasicProvider file
          AuthUserFile /etc/apache2/users
          <RequireAll>
              Require ip 10.0.0.0/8
              Require valid-user
          </RequireAll>
      </Location>"
    `)
    expect(await changes(rule('any'), rule('all'))).toMatchInlineSnapshot(`
      "- <RequireAll>

      <RequireAny>

      - </RequireAll>

      </RequireAny>"
    `)
  })
})
