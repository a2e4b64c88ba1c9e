import { expect, it } from 'vitest'
import type { Site } from '../../../src/core/site.js'
import { sampleSite } from '../../fixtures/site.js'
import { absent, aLink } from '../edits.js'
import { phasesFor, stepCases, type Given, type Shown } from '../harness.js'

const { code, venv = '/srv/notes/venvs/one' } = sampleSite()
const site: Partial<Site> = code.kind === 'path' ? {} : { code: { ...code, isPackage: true }, venv }
const link = `${venv}/var/notes-instance`
const data = '/srv/notes/data'

const linked: Shown = {
  kind: 'create',
  subject: `link ${link}`,
  reason: `to ${data}`,
  run: [`link ${link} -> ${data}`],
  undo: [`rm -f ${link}`],
}

stepCases('python.instance', {
  pristine: { site, answers: { [link]: absent }, changes: [linked] },
  converged: { site, answers: { [link]: aLink(data) } },
  'leads to the data again where it led elsewhere': {
    site,
    answers: { [link]: aLink('/tmp') },
    changes: [linked],
  },
})

it('is there before the application is imported, after the environment', async () => {
  const given: Given = { site }
  const phases = await phasesFor(given)
  const ids = phases.flatMap(({ steps, handlers = [] }) => [...steps, ...handlers].map(({ id }) => id))
  const order = ['site.folders', 'python.requirements', 'python.instance', 'site.import']
  expect(ids.filter((id) => order.includes(id))).toEqual(order)
})
