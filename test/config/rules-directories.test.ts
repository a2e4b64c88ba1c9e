import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('who runs the files of a folder is said once', () => {
  refuses([
    [
      'directories: [{url: /w/, folder: w, handler: wsgi-script, handlers: {.cgi: cgi-script}}]',
      '6:46: directories.0.handler: gives every file to wsgi-script, whatever handlers says: keep one of them',
    ],
    [
      'directories: [{url: /w/, folder: w, handlers: {.py: wsgi-script, .PY: cgi-script}}]',
      '6:71: directories.0.handlers..PY: is there already: Apache does not tell capital letters from small ones',
    ],
    ['directories: [{url: /w/, folder: w, handlers: {}}]', '6:37: directories.0.handlers: names no extension'],
    [
      'directories: [{url: /w/, folder: w, multiviews: true}]',
      '6:49: directories.0.multiviews: leaves out extensions, so it needs handlers',
    ],
    [
      'directories: [{url: /w/, folder: w, indexes: true, callable: app, preload: true}]',
      '6:62: directories.0.callable: needs scripts: handlers: {".wsgi": wsgi-script}',
      '6:76: directories.0.preload: is for an application with a mount of its own',
    ],
    [
      'directories: [{url: /w/, folder: w}]',
      '6:34: directories.0.folder: holds nothing that runs: write static: {/w/: w}',
    ],
    [
      'directories: [{url: /w/, folder: w, indexes: true, directory-index: [a.html, index.wsgi]}]',
      '6:78: directories.0.directory-index.1: needs handlers: {".wsgi": ...}, or it is answered with 403',
    ],
    [
      'directories: [{url: /w/, folder: w, indexes: true}, {url: /v/, folder: w, indexes: true}]',
      '6:72: directories.1.folder: is the folder of directories.0 already',
    ],
    [
      'directories: [{url: /w/, folder: w, indexes: true}]\nstatic: {/s/: w}',
      '7:15: static./s/: /srv/app/w is the folder of directories.0, which serves its files already',
    ],
  ])
  // the forms of the Configuration Guidelines, one after the other
  accepts([
    'directories: [{url: /wsgi/, folder: /usr/local/wsgi/scripts, handler: wsgi-script}]',
    'directories: [{url: /wsgi/, folder: w, handlers: {.cgi: cgi-script, .wsgi: wsgi-script}}]',
    'directories: [{url: /wsgi/, folder: w, handlers: {.cgi: cgi-script, .wsgi: wsgi-script}, multiviews: true}]',
    'directories: [{url: /wsgi/, folder: w, handlers: {.wsgi: wsgi-script}, indexes: true}]',
    'directories: [{url: /w/, folder: w, handlers: {.wsgi: wsgi-script}, directory-index: [index.html, index.wsgi]}]',
    'directories: [{url: /site/, folder: w, htaccess: [FileInfo, Indexes], multiviews: true, indexes: true}]',
    'directories: [{url: /site/, folder: w, htaccess: [FileInfo], directory-index: [index.wsgi]}]',
    'directories: [{url: /wsgi/, folder: w, handler: wsgi-script, application-group: admin-scripts, callable: app}]',
    'directories: [{url: /, folder: public}]\nwsgi: a:app\nmount: /a',
  ])
})

describe('a fallback answers what is no file', () => {
  refuses([
    [
      'directories: [{url: /w/, folder: w, handlers: {.wsgi: wsgi-script}, fallback: {script: s.wsgi}}]',
      '6:69: directories.0.fallback: answers for the whole site, so it needs url: /',
    ],
    [
      'directories: [{url: /, folder: w, fallback: {}}]',
      '6:35: directories.0.fallback: needs what answers: script: site.wsgi, or wsgi: module:object',
    ],
    [
      'directories: [{url: /, folder: w, handlers: {.wsgi: wsgi-script}, fallback: {script: s.wsgi, wsgi: a:b}}]',
      '6:100: directories.0.fallback.wsgi: stands beside script: keep one of them',
    ],
    [
      'directories: [{url: /, folder: w, handlers: {.wsgi: cgi-script}, fallback: {script: s.wsgi}}]',
      '6:85: directories.0.fallback.script: needs handlers: {".wsgi": wsgi-script}',
    ],
    [
      'directories: [{url: /, folder: w, fallback: {script: site.py}}]',
      '6:54: directories.0.fallback.script: needs handlers: {".py": wsgi-script}',
    ],
  ])
  accepts([
    'directories: [{url: /, folder: w, handlers: {.wsgi: wsgi-script}, fallback: {script: site.wsgi}}]',
    'directories: [{url: /, folder: w, handlers: {.wsgi: wsgi-script}, fallback: {script: site.wsgi, hide-script-name: false}}]',
    'directories: [{url: /, folder: w, fallback: {wsgi: "notes:create_app()"}}]\nstatic: {/s/: s}',
  ])
})
