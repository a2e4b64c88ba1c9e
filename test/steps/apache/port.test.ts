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
  'warns of an Apache that runs and is disabled': {
    answers: { unit: '{"enabled":false,"masked":false}' },
    notes: ['Apache runs and is disabled: after a reboot no site will answer (systemctl enable apache2)'],
  },
  'warns of an Apache that runs and is masked': {
    answers: { unit: '{"enabled":true,"masked":true}' },
    notes: ['Apache runs and is masked: after a reboot no site will answer (systemctl unmask apache2)'],
  },
  'refuses a port of HTTPS that another program has': {
    flags: { tls: { certificate: '/etc/a.pem', key: '/etc/a.key' } },
    answers: { listeners: '["apache2"]', 'listeners 443': '["haproxy (pid 7)"]' },
    refusals: ['PORT_TAKEN'],
  },
  'asks about the port of the site': { site: { port: 8080 }, answers: { listeners: '[]' } },
})
