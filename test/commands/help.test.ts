import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { examples } from '../../src/commands/examples.js'
import { commandTree, visibleCommands } from '../helpers/tree.js'
import { run } from './fakes.js'

const { root } = commandTree()
const named = visibleCommands(root).filter((command) => command.name() !== 'help')
const names = named.map((command) => command.name())

/** Two neighbouring letters that differ change places. */
const mistyped = (word: string): string => {
  const at = [...word].findIndex((letter, index) => index > 0 && letter !== word[index + 1] && index + 1 < word.length)
  const [one = '', other = ''] = [word[at], word[at + 1]]
  return `${word.slice(0, at)}${other}${one}${word.slice(at + 2)}`
}

describe('--help', () => {
  test('is there for all commands, which have examples, as the program has', () => {
    expect(Object.keys(examples).sort()).toEqual(['', ...names].sort())
  })

  test.each(['', ...names])('of %s ends with its examples, in lines that fit on a terminal', async (name) => {
    const { exitCode, stdout } = await run(`${name} --help`)
    expect(exitCode).toBe(0)
    const list = examples[name] ?? []
    expect(list.length).toBeGreaterThan(0)
    for (const { line, does } of list) expect(stdout).toContain(`\n  $ ${line}\n      ${does}\n`)
    expect(stdout).not.toContain('\n\n\n')
  })

  const lines = Object.values(examples).flatMap((list) => list.map(({ line }) => line))

  test.each(lines)('shows what can be typed: %s', async (line) => {
    const [program, ...words] = line
      .replace(/ > .*$/, '')
      .replace(/^source <\((.*)\)$/, '$1')
      .split(' ')
    expect(program).toBe('deploy-flask')
    if (words[0] === '--version') {
      expect((await run(words.join(' '))).exitCode).toBe(0)
      return
    }
    // no command at all is the wizard
    if (words.length === 0) return
    const { root: tree, calls } = commandTree()
    await tree.parseAsync(words, { from: 'user' })
    const [name = '', second = ''] = words
    expect(calls).toEqual([name === 'fleet' ? `fleet${second.charAt(0).toUpperCase()}${second.slice(1)}` : name])
  })
})

describe('what is mistyped is answered with what was meant', () => {
  test.each(names)('the command %s', async (name) => {
    const typed = mistyped(name)
    const { exitCode, stderr } = await run(`${typed} --verbose`)
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`error USAGE: unknown command '${typed}'\nwhat to do: did you mean ${name}?`)
  })

  const options = named.flatMap((command) =>
    command.options
      .filter(({ hidden }) => !hidden)
      .flatMap(({ long }) => (long == null || long.length < 6 ? [] : [[command.name(), long] as const])),
  )

  test.each(options)('%s %s', async (name, long) => {
    const typed = `--${mistyped(long.slice(2))}`
    const { exitCode, stderr } = await run(`${name} ${typed}`)
    expect(exitCode).toBe(2)
    expect(stderr).toBe(
      `error USAGE: unknown option '${typed}'\nwhat to do: did you mean ${long}? see \`deploy-flask ${name} --help\`\n`,
    )
  })

  test('and what is near to nothing with the help', async () => {
    expect((await run('xyzzy')).stderr).toBe(
      "error USAGE: unknown command 'xyzzy'\nwhat to do: see `deploy-flask --help`\n",
    )
    expect((await run('plan --xyzzy')).stderr).toBe(
      "error USAGE: unknown option '--xyzzy'\nwhat to do: see `deploy-flask plan --help`\n",
    )
  })
})

describe('--version', () => {
  const version = (
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  ).version

  test('alone is only that', async () => {
    for (const line of ['--version', '-V']) {
      expect(await run(line)).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: '' })
    }
  })

  test.each(['--version --verbose', '--verbose --version', '-V -v'])(
    'with --verbose tells what a report needs: %s',
    async (line) => {
      const { exitCode, stdout, stderr } = await run(line)
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      const rows = Object.fromEntries(
        stdout
          .trimEnd()
          .split('\n')
          .map((row) => [row.slice(0, 14).trim(), row.slice(14)]),
      )
      expect(Object.keys(rows)).toEqual([
        'deploy-flask',
        'node',
        'system',
        'ssh',
        ...['ssh2', 'node-ssh', 'listr2', 'inquirer', 'zod', 'yaml', 'commander'],
      ])
      expect(rows).toMatchObject({ 'deploy-flask': version, node: process.versions.node })
      expect(rows['system']).toContain(process.platform)
      expect(rows['ssh']).toMatch(/^OpenSSH_\d|^not found$/)
      for (const name of ['ssh2', 'zod', 'yaml']) expect(rows[name]).toMatch(/^\d+\.\d+\.\d+$/)
    },
  )
})
