import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { complete, type FleetFiles } from '../../src/commands/complete.js'
import { completionScripts, shells, type Shell } from '../../src/commands/completion-scripts.js'
import { siteNames } from '../../src/commands/site-names.js'
import { services as real } from '../../src/commands/services.js'
import { exitCodes } from '../../src/errors.js'
import { bin } from '../helpers/cli.js'
import { inTerminal } from '../helpers/shell-terminal.js'
import { commandTree, visibleCommands } from '../helpers/tree.js'
import { run, runIn, folder } from './fakes.js'

const known = {
  codes: Object.keys(exitCodes),
  hosts: (file: string | undefined) => Promise.resolve(file === undefined ? ['shop', 'staging'] : [`of-${file}`]),
  sites: () => Promise.resolve(['club', 'notes']),
  fleet: ({ file, inventory }: FleetFiles) =>
    Promise.resolve(
      file === 'one.yml' ? { hosts: [], groups: [] } : { hosts: ['web01', 'db1'], groups: [`of-${inventory}`] },
    ),
}

/** What may stand at the end of a line; a blank at its end begins a new word. */
const at = async (line: string): Promise<readonly string[] | 'files'> => {
  const found = await complete(commandTree().root, line.split(' '), known)
  return found === 'files' ? found : found.map(({ value }) => value)
}

describe('what is completed', () => {
  test.each<readonly [string, readonly string[] | 'files']>([
    ['sch', ['schema']],
    ['plan --exi', ['--exit-code', '--existing-site-file', '--existing-site-add-include']],
    ['plan --daemon-thr', ['--daemon-threads']],
    ['plan -q', ['-q']],
    ['plan --quiet --qui', []],
    ['plan -f x --fil', []],
    ['plan --sqlite x --sqli', ['--sqlite']],
    ['plan --host ', ['shop', 'staging']],
    ['plan --host st', ['staging']],
    ['plan --host me@st', ['me@staging']],
    ['plan --host=st', ['--host=staging']],
    ['plan --ssh-config f --host ', ['of-f']],
    ['plan --ssh-config=f --host o', ['of-f']],
    ['plan -f ', 'files'],
    ['plan --file=dep', 'files'],
    ['plan --log ', 'files'],
    ['plan --out ', 'files'],
    ['plan --ssh-config ', 'files'],
    ['apply ', 'files'],
    ['apply -- -', 'files'],
    ['apply plan.json --js', ['--json']],
    ['apply --embedded ', 'files'],
    ['plan --embedded ', ['true', 'false']],
    ['plan --embedded=f', ['--embedded=false']],
    ['explain APT_LO', ['APT_LOCKED']],
    ['explain apt_lo', ['APT_LOCKED']],
    ['explain --vhost apt_lo', ['APT_LOCKED']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['help sch', ['schema']],
    ['plan --site ', ['club', 'notes']],
    ['plan --site n', ['notes']],
    ['plan --profile ', ['hardened', 'seed']],
    ['plan --daemon-scope s', ['server']],
    ['plan --user ', []],
    ['plan x', []],
    ['fleet apply -f f.yml --inventory hosts --limit ', ['of-hosts', 'web01', 'db1']],
    ['fleet apply --inventory=hosts --limit=w', ['--limit=web01']],
    ['fleet plan -f f.yml --limit we*:!d', ['we*:!db1']],
    ['fleet plan -f f.yml --limit web01,&o', ['web01,&of-undefined']],
    ['fleet apply -f f.yml --canary w', ['web01']],
    ['fleet apply --limit ', []],
    ['logs -f f.yml --host ', ['web01', 'db1']],
    ['logs -f f.yml --host me@w', ['me@web01']],
    ['logs -f one.yml --host s', ['shop', 'staging']],
    ['xyzzy ', []],
  ])('%s', async (line, words) => expect(await at(line)).toEqual(words))

  test('every command is, and nothing that is hidden', async () => {
    expect(await at('')).toEqual(visibleCommands(commandTree().root).map((command) => command.name()))
    expect(await at('')).not.toContain('__complete')
  })

  test('every code is behind explain', async () => {
    expect(await at('explain ')).toEqual(Object.keys(exitCodes))
  })

  test('settings are when their name has begun, for they are too many to look through', async () => {
    const few = await at('plan --')
    expect(few).toContain('--host')
    expect(few).not.toContain('--site')
    expect(await at('plan ')).toEqual(few)
    expect((await at('plan --d')).length).toBeGreaterThan(30)
  })
})

describe('deploy-flask __complete', () => {
  test('prints a line for each word, with what it is', async () => {
    expect(await run('__complete -- plan --daemon-thr')).toMatchObject({
      exitCode: 0,
      stdout: '--daemon-threads\tThreads a process\n',
    })
    expect((await run('__complete -- plan -f x')).stdout).toBe(':files\n')
  })

  test('knows the hosts of ssh_config, and no patterns', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'config'), `Include ${cwd}/more\nHost shop staging\n  HostName x\nHost * !a\nHost we?b\n`)
    writeFileSync(join(cwd, 'more'), 'Host shed\n')
    const services = { sshHosts: (file: string | undefined) => real.sshHosts(file) }
    const { stdout } = await runIn(cwd, '__complete -- plan --ssh-config config --host s', { services })
    expect(stdout).toBe('shed\t\nshop\t\nstaging\t\n')
  })

  test('knows the hosts and groups of an inventory, and nothing of one that cannot be read', async () => {
    const cwd = folder()
    writeFileSync(join(cwd, 'hosts.ini'), '[web]\nweb[01:02].test\n[staging]\ns1.test\n')
    const { stdout } = await runIn(cwd, '__complete -- fleet apply --inventory hosts.ini --limit=')
    expect(stdout).toBe(
      ['web\tgroup', 'staging\tgroup', 'web01.test\t', 'web02.test\t', 's1.test\t']
        .map((line) => `--limit=${line}\n`)
        .join(''),
    )
    writeFileSync(join(cwd, 'hosts.ini'), '[web\n')
    expect((await runIn(cwd, '__complete -- fleet apply --inventory hosts.ini --limit=')).stdout).toBe('')
  })
})

test('completion prints the script of each shell, and of no other', async () => {
  for (const shell of shells) {
    expect(await run(`completion ${shell}`)).toMatchObject({ exitCode: 0, stdout: completionScripts[shell] })
  }
  const { exitCode, stderr } = await run('completion tcsh')
  expect(exitCode).toBe(2)
  expect(stderr).toContain("error USAGE: command-argument value 'tcsh' is invalid")
})

const isBuilt = existsSync(new URL('../../dist/cli/cli.cjs', import.meta.url))

/** A home in which `deploy-flask` is the built program for completions, and otherwise notes down its arguments. */
const home = () => {
  const path = mkdtempSync(join(tmpdir(), 'deploy-flask-home-'))
  for (const one of ['bin', 'work', 'work/a folder', '.config/fish/completions'])
    mkdirSync(join(path, one), { recursive: true })
  writeFileSync(join(path, 'hosts'), 'Host staging\nHost shop-1\nHost shop-2\n')
  writeFileSync(join(path, 'work/deploy-flask.yml'), '')
  writeFileSync(join(path, 'work/a folder/other.yml'), '')
  const program = join(path, 'bin/deploy-flask')
  writeFileSync(
    program,
    `#!/bin/sh
[ "$1" = __complete ] && exec ${process.execPath} ${bin} "$@"
printf '%s\\n' "$@" >"$HOME/typed.new"; mv "$HOME/typed.new" "$HOME/typed"; echo noted
`,
  )
  chmodSync(program, 0o755)
  const env = { HOME: path, PATH: `${path}/bin:${process.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8', PS1: 'ready> ' }
  const { bash, zsh, fish } = completionScripts
  writeFileSync(join(path, '.bashrc'), `PS1='ready> '\n${bash}`)
  writeFileSync(join(path, '.zshrc'), `PS1='ready> '\nautoload -Uz compinit\ncompinit -u -d "$HOME/dump"\n${zsh}`)
  writeFileSync(join(path, '.config/fish/completions/deploy-flask.fish'), fish)
  writeFileSync(
    join(path, '.config/fish/config.fish'),
    `function fish_prompt; echo -n 'ready> '; end\nset fish_greeting\n`,
  )
  return { path, env, work: join(path, 'work') }
}

const start: Readonly<Record<Shell, string>> = {
  bash: 'bash --noprofile -i',
  zsh: 'zsh -i',
  fish: 'fish -i',
}

const installed = (shell: Shell): boolean => spawnSync(shell, ['--version']).status === 0

/** What the shell hands over when these keys are followed by Enter. */
const typed = async (shell: Shell, keys: string): Promise<readonly string[]> => {
  const { path, env, work } = home()
  const terminal = inTerminal(`cd ${work} && exec ${start[shell]}`, env)
  await terminal.shows('ready> ')
  terminal.type(`${keys}\r`)
  await terminal.shows('noted')
  await terminal.end()
  return readFileSync(join(path, 'typed'), 'utf8').trimEnd().split('\n')
}

const planned = 'deploy-flask plan --ssh-config ../hosts '

describe.skipIf(!isBuilt).each(shells)('TAB in %s (skipped before npm run build)', (shell) => {
  test('the shell is here, as the set-up of the tests installs it', () => expect(installed(shell)).toBe(true))

  test.each<readonly [string, readonly string[]]>([
    ['deploy-flask appl\t', ['apply']],
    ['deploy-flask plan --daemon-thre\t3', ['plan', '--daemon-threads', '3']],
    ['deploy-flask explain SESSIONS_\t', ['explain', 'SESSIONS_TOO_FEW']],
    [`${planned}--host sta\t`, ['plan', '--ssh-config', '../hosts', '--host', 'staging']],
    [`${planned}--host=sta\t`, ['plan', '--ssh-config', '../hosts', '--host=staging']],
    [`${planned}--host me@sta\t`, ['plan', '--ssh-config', '../hosts', '--host', 'me@staging']],
    ['deploy-flask plan -f dep\t', ['plan', '-f', 'deploy-flask.yml']],
    ['deploy-flask plan --file=dep\t', ['plan', '--file=deploy-flask.yml']],
    ['deploy-flask apply a\to\t', ['apply', 'a folder/other.yml']],
    ['deploy-flask completion zs\t', ['completion', 'zsh']],
    ['true; deploy-flask sche\t', ['schema']],
  ])('%j', async (keys, words) => expect(await typed(shell, keys)).toEqual(words))
})

describe.skipIf(!isBuilt)('several words', () => {
  test('in bash, by the function that TAB calls', () => {
    const { env, path: cwd } = home()
    const script = `${completionScripts.bash}
COMP_LINE='X=1 deploy-flask plan --ssh-config hosts --host shop' COMP_POINT=52
_deploy_flask deploy-flask shop --host
printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { env, cwd, encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: 'shop-1\nshop-2\n', stderr: '' })
  })

  test('in fish, with their descriptions', () => {
    const { env, path: cwd } = home()
    const { stdout, stderr } = spawnSync(
      'fish',
      ['-c', "complete -C 'deploy-flask schem'; complete -C 'deploy-flask plan --ssh-config hosts --host s'"],
      { env, cwd, encoding: 'utf8' },
    )
    expect({ stdout, stderr }).toEqual({
      stdout: 'schema\tprint the JSON Schema of the flags file, for editors\nstaging\nshop-1\nshop-2\n',
      stderr: '',
    })
  })

  test('in zsh, in the list that is shown', async () => {
    const { env, work } = home()
    const terminal = inTerminal(`cd ${work} && exec zsh -i`, env)
    await terminal.shows('ready> ')
    terminal.type(`${planned}--host shop\t\t`)
    await terminal.shows('shop-1')
    await terminal.shows('shop-2')
    await terminal.end()
  })
})

test('sites are those of the flags files here, whatever else lies here', async () => {
  const cwd = folder()
  writeFileSync(join(cwd, 'a.yml'), 'version: 1\nsite: club\n')
  writeFileSync(join(cwd, 'b.json'), '{"site": "notes"}')
  writeFileSync(join(cwd, 'c.yml'), 'site: [\n')
  writeFileSync(join(cwd, 'd.yml'), 'site: club\n')
  writeFileSync(join(cwd, 'e.txt'), 'site: other\n')
  mkdirSync(join(cwd, 'f.yml'))
  const { stdout } = await runIn(cwd, '__complete plan --site x')
  expect(stdout).toBe('')
  expect(await siteNames(cwd)).toEqual(['club', 'notes'])
})
