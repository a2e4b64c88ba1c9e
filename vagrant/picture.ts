import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { Person } from '../test/helpers/person.js'
import { say, vagrantFolder } from './cache.js'
import { createGuest, type Guest } from './guest.js'
import { commandLine, examplesFolder, writeNotesFlags } from './notes.js'
import { installPackages } from './install.js'
import { toSvg } from './svg.js'

/** Lines of the plan that fit into a picture that one still reads. */
const shownLines = 44

const docs = join(dirname(vagrantFolder), 'docs')
/** The plan for a host that serves a PHP site, as a person sees it in a terminal. */
async function planPicture(guest: Guest, folder: string): Promise<void> {
  const flags = await writeNotesFlags(folder, { host: guest.name, sshConfigFile: guest.sshConfigFile })
  const plan = `${process.execPath} ${commandLine} plan -f ${flags}`
  const { stdout } = await execa('script', ['-qec', plan, '/dev/null'], { stdin: 'ignore', env: { TERM: 'xterm' } })
  const lines = stdout.replaceAll('\r', '').split('\n')
  const first = lines.findIndex((text) => text.includes('Packages'))
  const shown = lines.slice(first, first + shownLines)
  await writeFile(join(docs, 'plan.svg'), toSvg([...shown, '...', ...lines.slice(-1)]))
  say(`docs/plan.svg: ${shown.length} of ${lines.length} lines`)
}

/** The wizard, from the folder of a project to the last look, with a person's keys. */
async function wizardPicture(guest: Guest, folder: string): Promise<void> {
  const project = join(folder, 'notes')
  await cp(join(examplesFolder, 'notes'), project, { recursive: true })
  // what a person has: the host in ssh_config, the secret in the environment
  const env = { LANG: 'C.UTF-8', SECRET_KEY: 'of the picture', XDG_STATE_HOME: folder, TERM: 'xterm-256color' }
  const argv = [process.execPath, commandLine, 'init', '--ssh-config', guest.sshConfigFile]
  const terminal = new Person(argv, { cwd: project, env, columns: 96, rows: 44 })
  try {
    for (const [question, ...keys] of answers) {
      await terminal.see(question)
      for (const key of keys) terminal.press(key)
    }
    await terminal.see(/What next\?/)
    const text = terminal.screen({ colours: true })
    const shown = text.replaceAll(guest.sshConfigFile, '~/.ssh/config').replaceAll(project, '~/notes')
    await writeFile(join(docs, 'wizard.svg'), toSvg(shown.trimEnd().split('\n')))
    say('docs/wizard.svg: the wizard, ready')
  } finally {
    terminal.close()
  }
}

const answers: readonly (readonly [RegExp, ...string[]])[] = [
  [/Which host\?/, 'Enter'],
  [/Name of the site:/, 'Enter'],
  [/\(ServerName\):/, 'notes.example.com', 'Enter'],
  [/Where is it\?/, 'Enter'],
]

const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-picture-'))
const guest = await createGuest('php', 'web1')
try {
  await installPackages(['tmux'], 'the pictures are taken of a real terminal')
  await planPicture(guest, folder)
  await wizardPicture(guest, folder)
} finally {
  await guest.destroy()
  await rm(folder, { recursive: true })
}
