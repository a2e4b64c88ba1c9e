#!/usr/bin/env node
'use strict'

// Old syntax on purpose: this file has to be read by any Node, so that an old one says what is wrong with it. The
// `import()` is in a file of its own because Node 8 refuses to read a file that holds one.
var wanted = [20, 19]
var have = process.versions.node.split('.').map(Number)

if (have[0] < wanted[0] || (have[0] === wanted[0] && have[1] < wanted[1])) {
  process.stderr.write(
    'error NODE_TOO_OLD: deploy-flask needs Node ' +
      wanted.join('.') +
      ' or newer, this is Node ' +
      process.versions.node +
      '\n' +
      'what to do: install a newer Node on this computer (the host needs none), for example from https://nodejs.org\n',
  )
  process.exit(2)
} else {
  require('./start.cjs')
}
