import { request } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { execa, ExecaError } from 'execa'
import { cacheFolder, say, secondsSince } from './cache.js'
import { createGuest, findGuest, NoGuestsHere, type Guest } from './guest.js'
import { commandLine, examplesFolder, serverName, writeNotesFlags } from './notes.js'

const usage = `Makes a throwaway Ubuntu 18.04 host and puts the notebook of examples/notes on it.

  npm run demo                         make it; again: find it, and nothing is to be done
  npm run host -- down --name demo     remove it
`
const name = 'demo'

async function demo(): Promise<void> {
  const start = performance.now()
  const guest = await host()
  const flags = await writeNotesFlags(join(cacheFolder, name), { host: name, sshConfigFile: guest.sshConfigFile })
  await deploy(flags)
  await lookAt(guest)
  say(`the whole demo took ${secondsSince(start)}`)
  process.stdout.write(farewell(guest, flags))
}

async function host(): Promise<Guest> {
  say(`a host "${name}": Ubuntu 18.04 with nothing on it, by vagrant up (the first time takes two minutes)`)
  const start = performance.now()
  const found = await findGuest(name)
  const guest = found ?? (await createGuest('pristine', name, { keep: true }))
  say(`${found === undefined ? 'made' : 'found'} the host "${name}" at ${guest.host} in ${secondsSince(start)}`)
  return guest
}

async function deploy(flags: string): Promise<void> {
  say(`the notebook goes onto it: deploy-flask apply -f ${flags} --yes`)
  const start = performance.now()
  await execa(process.execPath, [commandLine, 'apply', '-f', flags, '--yes'], { stdio: 'inherit' })
  say(`deploy-flask took ${secondsSince(start)}`)
}

/** As a browser would, from this machine: what the tool says of its own work is no proof. */
async function lookAt(guest: Guest): Promise<void> {
  say('a look at the site from here, over HTTP')
  const start = performance.now()
  const page = await get(guest, '/login')
  const title = /<title>([^<]*)<\/title>/.exec(page)?.[1]?.trim()
  if (title === undefined)
    throw new DemoFailed(`http://${guest.host}/login answers, but not with the notebook:\n${page}`)
  // Static files, one with a name that is not ASCII, come from Apache; the database answers through Python.
  for (const path of ['/health', '/static/notes.css', `/static/${encodeURIComponent('größe-日本.txt')}`]) {
    await get(guest, path)
  }
  say(`"${title}" answers, with its database and static files, after ${secondsSince(start)}`)
}

function get(guest: Guest, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: guest.host, path, headers: { Host: serverName }, timeout: 20_000 }
    const asked = request(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (piece: string) => (text += piece))
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(text)
        else reject(new DemoFailed(`http://${guest.host}${path} answered ${answer.statusCode ?? '?'}:\n${text}`))
      })
    })
    asked.on('timeout', () => asked.destroy(new DemoFailed(`http://${guest.host}${path} did not answer in 20 s`)))
    asked.on('error', reject)
    asked.end()
  })
}

function farewell(guest: Guest, flags: string): string {
  return `
The notebook runs on Ubuntu 18.04 under Apache and mod_wsgi: http://${guest.host}/ with the header "Host: ${serverName}"

  see it               curl -H 'Host: ${serverName}' http://${guest.host}/login
  in a browser         add the line "${guest.host} ${serverName}" to /etc/hosts, then open http://${serverName}/
  look inside          ssh -F ${guest.sshConfigFile} ${name}
                       npm run host -- ssh-config --name ${name}
  deploy a change      edit ${join(examplesFolder, 'notes')}, then
                       node ${commandLine} plan  -f ${flags}
                       node ${commandLine} apply -f ${flags}
  take it down         npm run host -- down --name ${name}
`
}

/** For a person: a message without a stack. */
class DemoFailed extends Error {
  readonly exitCode = 1
}

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } })
  if (values.help) process.stdout.write(usage)
  else await demo()
} catch (error) {
  if (error instanceof NoGuestsHere || error instanceof DemoFailed) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = error.exitCode
  } else if (error instanceof ExecaError) {
    // deploy-flask has said what is wrong; other commands have not.
    if (error.stderr !== undefined) process.stderr.write(`${error.message}\n`)
    say(`the demo failed; what is there: npm run host -- ssh-config --name ${name}`)
    process.exitCode = 1
  } else throw error
}
