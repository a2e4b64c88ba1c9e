import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const users = 'authentication: {users: {ada: {env: PW}}}'

describe('who may', () => {
  refuses([
    [
      'wsgi: a:b\naccess: [{url: /a, folder: b, deny: true}]',
      '7:28: access.0.folder: stands beside url: write two rules',
    ],
    ['wsgi: a:b\naccess: [{url: /a}]', '7:10: access.0: says nobody who may: write addresses, users or deny: true'],
    [
      'wsgi: a:b\naccess: [{deny: true, addresses: [10.0.0.0/8]}]',
      '7:17: access.0.deny: is for nobody at all: leave it out',
    ],
    ['wsgi: a:b\naccess: [{users: any}]', '7:18: access.0.users: needs authentication: {users:'],
    [`wsgi: a:b\naccess: [{users: [bob]}]\n${users}`, '7:11: access.0.users: bob is none of authentication.users'],
  ])
  accepts([
    `wsgi: a:b\naccess: [{users: [ada], addresses: [192.0.2.0/24], satisfy: any}, {url: /a, deny: true}]\n${users}`,
    'wsgi: a:b\naccess: [{folder: inner, addresses: ["10.1", "2001:db8::/32"]}]',
    'wsgi: a:b\naccess: [{users: [bob]}]\nauthentication: {users-file: /etc/apache2/users}',
  ])
})

describe('authentication knows somebody and protects something', () => {
  refuses([
    [
      `wsgi: a:b\naccess: [{users: any}]\n${users.replace('}}}', '}}, users-file: /etc/u}')}`,
      '8:55: authentication.users-file: stands beside users: keep one of them',
    ],
    [
      'wsgi: a:b\naccess: [{users: any}]\nauthentication: {realm: x}',
      '8:1: authentication: knows nobody: write users:',
    ],
    [`wsgi: a:b\n${users}`, '7:1: authentication: protects nothing: write access: [{users: any}]'],
  ])
})

describe('error documents and logs', () => {
  refuses([
    [
      'wsgi: a:b\nerror-documents: {"404": http://b.test/}',
      '7:26: error-documents.404: would send the browser to another place, with status 302: write a URL path of this site',
    ],
    ['wsgi: a:b\nerror-documents: {"404": "Sorry:gone"}', '7:26: error-documents.404: would send the browser'],
    [
      'wsgi: a:b\nerror-documents: {"404": "/not here"}',
      '7:26: error-documents.404: must be a URL path without blanks',
    ],
    ['wsgi: a:b\nerror-documents: {"404": default}', "7:26: error-documents.404: is Apache's word for its own text"],
    ['wsgi: a:b\nerror-documents: {"418": /tea}', '7:26: error-documents.418: is no status that Apache knows'],
    ['wsgi: a:b\nlog-level: {}', '7:1: log-level: names no module: write a level, warn, or {wsgi: info}'],
  ])
  accepts([
    'wsgi: a:b\nerror-documents: {"413": /too-large, "404": "Not here: look elsewhere.", "503": Soon}',
    'wsgi: a:b\nlog-level: {wsgi: info}',
    'wsgi: a:b\nlog-level: debug',
  ])
})
