import { edited } from '../edits.js'
import { stepCases } from '../harness.js'

stepCases('apache.port', {
  pristine: {},
  converged: {},
  "is content when the port is Apache's": { on: 'php' },
  'refuses a port of another program': { answers: { listeners: '["nginx"]' }, refusals: ['PORT_TAKEN'] },
  'refuses a port that Apache shares with another program': {
    answers: { listeners: '["apache2","haproxy"]' },
    refusals: ['PORT_TAKEN'],
  },
  'refuses a port of a process that cannot be seen': {
    answers: { listeners: '["a process that cannot be seen"]' },
    refusals: ['PORT_TAKEN'],
  },
  'refuses a host whose Apache does not run': {
    answers: { apache: edited({ pid: null }) },
    refusals: ['APACHE_STOPPED'],
  },
  'is content where Apache is disabled or masked, and runs': {
    answers: { unit: '{"enabled":false,"masked":true}' },
  },
  'asks about the port of the site': { site: { port: 8080 }, answers: { listeners: '[]' } },
})
