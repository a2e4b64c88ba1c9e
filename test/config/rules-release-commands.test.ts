import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('a build and a migration are run once for each release', () => {
  refuses([
    ['wsgi: a:b\nmigrate: flask db upgrade', '7:10: migrate: needs code that is sent'],
    ['wsgi: a:b\nbuild: flask digest compile', '7:8: build: needs code that is sent'],
    ['wsgi: a:b\nmigrate: [flask, db]', '7:1: migrate: needs code that is sent'],
  ])
  accepts(
    [
      'wsgi: a:b\nmigrate: flask db upgrade',
      // nobody knows here what it will make
      'wsgi: a:b\nbuild: flask digest compile\nstatic: {/static/: static/dist}',
    ],
    { 'a.py': '' },
  )
})
