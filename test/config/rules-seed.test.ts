import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

const seed = 'profile: seed\nwsgi: a:b\n'
const more = 'is more than the usual instructions know: leave out profile: seed'

describe('the usual instructions are about one application of code on the host', () => {
  refuses([
    [
      'profile: seed\nuser-directories: w',
      '6:10: profile: seed is about one application, a module',
      `7:19: user-directories: ${more}`,
    ],
    [`${seed}applications: [{mount: /a, wsgi: c:d}]`, `8:1: applications: ${more}`],
    [`${seed}directories: [{url: /w/, folder: w, handler: wsgi-script}]`, `8:1: directories: ${more}`],
    [`${seed}wrapper: a:c`, `8:10: wrapper: ${more}`],
    [`${seed}process-groups: {x: {}}`, `8:1: process-groups: ${more}`],
  ])
  refuses([[seed, '5:16: code.folder: cannot be with profile seed']], { 'a.py': '' })
  accepts([seed, `${seed}static: {/s/: s}\ndaemon: {threads: 3}\nuser: notes`])
})
