import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest } from '../../vagrant/guest.js'
import { nothingToDo } from '../helpers/cli.js'
import { output } from '../helpers/eyes.js'
import { apply, deploy, siteOf, type Deployed } from '../helpers/guidelines-deployment.js'
import { answerOf, expectAnswer, type Answered } from '../helpers/guidelines-request.js'
import { ask } from '../helpers/http.js'
import { flagsFiles, guidelines } from './guidelines/example.js'
import { lists } from './guidelines/lists.js'

type List = keyof typeof lists

const names: readonly List[] = ['mounting', 'requests', 'groups', 'php']
const rows = names.flatMap((list) => lists[list].map((example) => ({ list, file: example.file, example })))

const guests = new Map<List, Guest>()
const deployed = new Map<string, Deployed>()

const guestFor = (list: List): Guest => {
  const guest = guests.get(list)
  if (guest === undefined) throw new Error(`there is no guest for ${list}`)
  return guest
}

/** One after the other: every example meets all that are on the guest already. */
const deployAll = async (list: List): Promise<void> => {
  const template = list === 'php' ? list : { container: inject('deployed') }
  const guest = await createGuest(template, `guidelines-${list}`)
  guests.set(list, guest)
  for (const example of lists[list]) deployed.set(example.file, await deploy(guest, example))
}

beforeAll(async () => {
  await Promise.all(names.map(deployAll))
})
afterAll(async () => {
  await Promise.all([...guests.values()].map((guest) => guest.destroy()))
})

describe('an example of the Configuration Guidelines is deployed and answers as the document says', () => {
  it.each(rows)('$file', async ({ list, example }) => {
    const result = deployed.get(example.file)?.result
    expect(result?.exitCode, result?.stderr).toBe(0)
    const [guest, site] = [guestFor(list), await siteOf(example)]
    const answers: Answered[] = []
    for (const request of example.requests) {
      for (let times = request.times ?? 1; times > 0; times--) {
        answers.push(expectAnswer(await answerOf(guest, request, site), request))
      }
    }
    const values = (name: string) => new Set(answers.map((answer) => answer[name]))
    for (const name of example.same ?? []) expect(values(name).size, name).toBe(1)
    for (const name of example.different ?? []) expect(values(name).size, name).toBe(answers.length)
    for (const { run, prints } of example.looks ?? []) {
      const printed = await output(guest, run)
      if (typeof prints === 'string') expect(printed).toBe(prints)
      else expect(printed).toMatch(prints)
    }
  })
})

describe('with all of them deployed', () => {
  it('each has a row here and in the table of their README', async () => {
    expect(rows.map(({ file }) => file).sort()).toEqual(flagsFiles())
    const readme = await readFile(join(guidelines, 'README.md'), 'utf8')
    const listed = [...readme.matchAll(/^\| \[(.+?)\]\((.+?)\) +\|/gm)].flatMap(([, name, link]) =>
      name === link ? (name ?? []) : [],
    )
    expect(listed.sort()).toEqual(flagsFiles())
  })

  it.each(rows.filter(({ example }) => example.again === true))(
    '$file needs nothing the second time',
    async ({ list, example }) => {
      const again = await apply(guestFor(list), example)
      expect(again.exitCode, again.stderr).toBe(0)
      expect(again.stdout).toMatch(nothingToDo)
    },
  )

  it('the sites that were there before answer', async () => {
    for (const list of names) {
      const page = await (list === 'php'
        ? ask(guestFor(list), '/', { name: 'php.test' })
        : ask(guestFor(list), '/health'))
      expect(page).toMatchObject({ status: 200 })
    }
  })

  it('a site logs to a file of its own also after the logs were rotated', async () => {
    const guest = guestFor('mounting')
    const log = '/var/log/apache2/mounting-root-access.log'
    await output(guest, 'apt-get -qq update && apt-get -qq -y install logrotate')
    await output(guest, `logrotate -f /etc/logrotate.d/apache2 && test -s ${log}.1`)
    const question = { path: '/after-the-rotation' }
    expect(await answerOf(guest, question, { serverName: 'root.mounting.test', port: 80 })).toMatchObject({
      status: 200,
    })
    expect(await output(guest, `cat ${log}`)).toContain('GET /after-the-rotation ')
  })
})
