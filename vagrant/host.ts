import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { ExecaError } from 'execa'
import { createGuest, destroyGuest, findGuest, listGuests, NoGuestsHere, type Guest } from './guest.js'
import { releases, removeTemplates, templateNames, type Release, type TemplateName } from './templates.js'

const usage = `A throwaway Ubuntu host for trying things by hand.

  npm run host -- up          make it, or start it again
  npm run host -- ssh-config  print its ssh_config
  npm run host -- list        all hosts of this machine
  npm run host -- down        remove it for good

  --template pristine|php             php: Apache with a PHP site (default: pristine)
  --release bionic|focal|jammy|noble  (default: bionic, which is Ubuntu 18.04)
  --name NAME                         (default: the name of the template)
  --all                               down: every host, of crashed test runs too
  --templates                         down --all: also the templates that hosts are copied from
`

class UsageError extends Error {
  readonly exitCode = 2
}

interface Request {
  readonly template: TemplateName
  readonly release: Release
  readonly name: string
  readonly all: boolean
  readonly templates: boolean
}

const verbs: Record<string, (request: Request) => Promise<void>> = { up, down, list, 'ssh-config': sshConfig }

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  const [word = ''] = positionals
  const verb = verbs[word]
  if (values.help || word === 'help') return print(usage)
  if (verb === undefined || positionals.length !== 1) {
    throw new UsageError(`expected one of ${Object.keys(verbs).join(', ')}; got "${positionals.join(' ')}"\n\n${usage}`)
  }
  const template = oneOf('--template', templateNames, values.template)
  const release = oneOf('--release', releases, values.release)
  const ownName = release === 'bionic' ? template : `${template}-${release}`
  await verb({ template, release, name: values.name ?? ownName, all: values.all, templates: values.templates })
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        template: { type: 'string', default: 'pristine' },
        release: { type: 'string', default: 'bionic' },
        name: { type: 'string' },
        all: { type: 'boolean', default: false },
        templates: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

function oneOf<Word extends string>(option: string, words: readonly Word[], value: string): Word {
  const word = words.find((candidate) => candidate === value)
  if (word === undefined) throw new UsageError(`${option}: expected one of ${words.join(', ')}; got "${value}"`)
  return word
}

async function up({ template, release, name }: Request): Promise<void> {
  const guest = (await findGuest(name)) ?? (await createGuest(template, name, { release, keep: true }))
  print(`The host "${name}" is up at ${guest.host}.

  log in                  ssh -F ${guest.sshConfigFile} ${name}
  as root                 ssh -F ${guest.sshConfigFile} root@${name}
  sudo with a password    ssh -F ${guest.sshConfigFile} deploy@${name}    (deploy-password)
  its files from outside  ${guest.rootfs}
  remove it               npm run host -- down --name ${name}
`)
}

async function down({ name, all, templates }: Request): Promise<void> {
  const there = await listGuests()
  const names = all ? there : there.filter((guest) => guest === name)
  for (const guest of names) {
    await destroyGuest(guest)
    print(`removed the host "${guest}"\n`)
  }
  if (names.length === 0) print(all ? 'there is no host\n' : `there is no host "${name}"\n`)
  if (all && templates) for (const template of await removeTemplates()) print(`removed ${template}\n`)
}

async function list(): Promise<void> {
  for (const name of await listGuests()) print(`${name}\n`)
}

async function sshConfig({ name }: Request): Promise<void> {
  const guest: Guest | undefined = await findGuest(name)
  if (guest === undefined)
    throw new UsageError(`there is no host "${name}"; make it: npm run host -- up --name ${name}`)
  print(await readFile(guest.sshConfigFile, 'utf8'))
}

function print(text: string): void {
  process.stdout.write(text)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Error)) throw error
  // What a person can act on is a message; anything else is a bug and shows where.
  const known = error instanceof UsageError || error instanceof NoGuestsHere || error instanceof ExecaError
  process.stderr.write(`${known ? error.message : (error.stack ?? error.message)}\n`)
  process.exitCode = error instanceof UsageError || error instanceof NoGuestsHere ? error.exitCode : 1
}
