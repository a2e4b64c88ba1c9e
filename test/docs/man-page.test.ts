import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { settingsTable } from '../../src/config/settings-table.js'
import { commandTree, visibleCommands } from '../helpers/tree.js'
import { expectUpToDate } from './generated.js'
import { manPage } from './man-page.js'

const file = fileURLToPath(new URL('../../docs/deploy-flask.1', import.meta.url))

/** What a program says about the page, and what it makes of it. */
const read = (program: string, ...args: readonly string[]) => {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MAN_KEEP_FORMATTING: '' }
  const { status, stdout, stderr, error } = spawnSync(program, [...args, file], { encoding: 'utf8', env })
  expect(error).toBeUndefined()
  return { status, stdout, stderr }
}

describe('docs/deploy-flask.1', () => {
  it('is as the command line is (npm run docs writes it)', () => expectUpToDate('docs/deploy-flask.1', manPage()))

  it('is clean for mandoc', () => {
    expect(read('mandoc', '-Tlint', '-Wwarning')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('is clean for groff, and shows every command and every setting', () => {
    const { status, stdout, stderr } = read('man', '--warnings=w', '-P', 'cat', '-l')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const shown = stdout.replace(/.\u0008/g, '').replace(/\s+/g, ' ')
    expect(shown).toMatch(
      /^DEPLOY-FLASK\(1\) User Commands DEPLOY-FLASK\(1\) NAME deploy-flask - put a Flask application/,
    )
    const { root } = commandTree()
    for (const command of visibleCommands(root)) {
      if (command.name() !== 'help') expect(shown).toContain(` deploy-flask ${command.name()} [options]`)
    }
    for (const { option, key, variable } of settingsTable()) {
      expect(shown).toContain(` --${option} `)
      expect(shown).toContain(`(${key}, ${variable})`)
    }
  })
})
