import { describe } from 'vitest'
import { accepts, refuses } from './judging.js'

describe('a migration is run once for each release', () => {
  refuses([
    ['wsgi: a:b\nmigrate: flask db upgrade', '7:10: migrate: needs code that is sent'],
    ['wsgi: a:b\nmigrate: [flask, db]', '7:1: migrate: needs code that is sent'],
  ])
  accepts(['wsgi: a:b\nmigrate: flask db upgrade'], { 'a.py': '' })
})
