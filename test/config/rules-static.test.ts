import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('patterns of files', () => {
  refuses([
    [
      'wsgi: a:b\nstatic-patterns: [{match: "^/([^/]+)\\\\.css$", file: styles/$2.css}]',
      '7:53: static-patterns.0.file: holds $2, but match has one group',
    ],
    [
      'wsgi: a:b\nstatic-patterns: [{match: "^/([^/]+\\\\.css)", file: styles/$1}]',
      '7:27: static-patterns.0.match: must end with $, or it also matches /x.css.map',
    ],
  ])
  accepts([
    'wsgi: a:b\nstatic-patterns: [{match: "^/([^/]+\\\\.css)$", file: /usr/local/wsgi/static/styles/$1}]',
    'wsgi: a:b\nstatic: {/robots.txt: /usr/local/wsgi/static/robots.txt, /media/: /usr/local/wsgi/static/media}',
    'wsgi: a:b\nstatic: {/js/: {path: /usr/share/javascript/jquery, max-age: 60, headers: {X-A: b}}}',
  ])
})
