import { expect, it } from 'vitest'
import { root, type Command } from '../../src/core/command.js'
import { Secret } from '../../src/core/secret.js'
import { asDaemon } from '../../src/steps/site/as-daemon.js'
import { stateOf, stepOf } from './harness.js'

const password = new Secret('hunter2')

it('a secret cannot stand in an argv: that is a type error', () => {
  // @ts-expect-error A Secret is no string.
  const byLiteral: Command = { argv: ['echo', password], as: 'root' }
  // @ts-expect-error A Secret is no string.
  const byHelper = root('echo', password)
  const onStdin: Command = { argv: ['cat'], as: 'root', stdin: password }
  expect(JSON.stringify([byLiteral, byHelper, onStdin])).not.toContain('hunter2')
})

it('a secret that slips into a text is not readable there', () => {
  expect(['echo', password].join(' ')).toBe('echo [secret]')
  expect(root('echo', `--password=${String(password)}`).argv.join(' ')).toBe('echo --password=[secret]')
})

it('no part of a setting stands in the argv of what runs as the daemon', () => {
  const daemon = { user: 'a', group: 'b', venv: '/v', code: '/c', settings: { KEY: password, PLAIN: 'visible' } }
  const { argv, stdin } = asDaemon(daemon, 'print()', 'x')
  expect(argv.join(' ')).not.toMatch(/hunter2|visible|KEY|PLAIN/)
  expect((stdin as Secret).reveal()).toBe('{\n  "KEY": "hunter2",\n  "PLAIN": "visible"\n}\n')
})

it('the plan of the settings names them and never holds a value, not even a plain one', () => {
  const settings = { KEY: password, PLAIN: 'visible' }
  const step = stepOf('site.settings', { settings })
  const planned = JSON.stringify(step.plan(stateOf(step.probes, { on: 'pristine' })))
  expect(planned).toContain('settings KEY, PLAIN (values not shown)')
  expect(planned).not.toMatch(/hunter2|visible/)
})
