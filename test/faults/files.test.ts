import { expect } from 'vitest'
import { fault } from './fault.js'

fault('F15', 'the virtual host of the site is immutable (chattr +i)', async (rig) => {
  const file = '/etc/apache2/sites-available/notes.conf'
  await rig.inject(`chattr +i ${file}`, `chattr -i ${file}`)
  rig.failed(await rig.apply(rig.change()), 'STEP_FAILED')
  expect(await rig.left()).toEqual([])
})

fault('F15', 'the folder of the virtual hosts is immutable (chattr +i)', async (rig) => {
  const folder = '/etc/apache2/sites-available'
  await rig.inject(`chattr +i ${folder}`, `chattr -i ${folder}`)
  rig.failed(await rig.apply(rig.change()), 'STEP_FAILED')
  expect(await rig.left()).toEqual([])
})
