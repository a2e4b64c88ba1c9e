import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createGuest, type Guest, type PreparedGuest } from '../../vagrant/guest.js'
import { bin, deployFlask, nothingToDo } from '../helpers/cli.js'
import { attempt, expectFailure, expectRefusal, withGuest } from '../helpers/failure.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { folderWith, smallFlags } from '../helpers/small-site.js'
import { differences, snapshot } from '../helpers/snapshot.js'

const deployed = (): PreparedGuest => ({ container: inject('deployed') })

describe('a full disk', () => {
  let guest: Guest

  beforeAll(async () => {
    guest = await createGuest(deployed(), 'b-full')
  })
  afterAll(() => guest.destroy())

  /** With a file system of its own over a folder, which holds the same, as long as `work` runs. */
  const onDiskOfItsOwn = async (folder: string, size: string, work: () => Promise<void>): Promise<void> => {
    const { exitCode, stderr } = await guest.run(`set -e
rm -rf /run/kept; cp -aT ${folder} /run/kept
mount -t tmpfs -o size=${size},mode=$(stat -c %a ${folder}) tmpfs ${folder}
cp -aT /run/kept ${folder}`)
    expect(exitCode, stderr).toBe(0)
    try {
      await work()
    } finally {
      await guest.run(`umount -l ${folder}`)
    }
  }

  const fill = async (folder: string): Promise<void> => {
    const { stdout } = await guest.run(`dd if=/dev/zero of=${folder}/full bs=1k status=none
df --output=avail ${folder} | tail -n 1`)
    expect(stdout.trim()).toBe('0')
  }

  it.each([
    ['/etc/apache2/sites-available', 'its virtual host', { 'max-body': 4096 }],
    ['/var/lib/deploy-flask', 'its virtual host, which cannot be kept for the undo,', { 'max-body': 4096 }],
    ['/etc/deploy-flask/notes', 'its settings', { settings: { NOTES_TITLE: 'Another' } }],
    ['/srv/notes/wsgi', 'its WSGI script', { wsgi: 'notes:create_app' }],
  ])('at %s leaves the site with %s as they were', (folder, _what, change) =>
    onDiskOfItsOwn(folder, '256k', async () => {
      await fill(folder)
      const { result, left } = await attempt(guest, { ...notesFlags(guest), ...change })
      expectFailure(result, 'DISK_FULL')
      expect(left).toEqual([])
      expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
    }),
  )

  it('where the code of the site lies is seen before anything is changed', () =>
    onDiskOfItsOwn('/srv', '64m', async () => {
      const { result, left } = await attempt(guest, notesFlags(guest))
      expectRefusal(result, 'DISK_FULL', '/srv')
      expect(left).toEqual([])
    }))
})

describe('a run that is killed', () => {
  /** Kills the program when it says this, as a crashed laptop would. */
  const killAt = async (flags: string, word: RegExp): Promise<void> => {
    const running = execa(process.execPath, [bin, 'apply', '-f', flags, '--yes', '--verbose'], {
      reject: false,
      stdin: 'ignore',
      env: { NOTES_SECRET_KEY: 'acceptance-secret-key', NO_COLOR: '1' },
    })
    let said = ''
    running.stderr.on('data', (piece: Buffer) => {
      said += piece.toString()
      if (word.test(said)) running.kill('SIGKILL')
    })
    expect((await running).signal, said).toBe('SIGKILL')
  }

  const flask = 'from flask import Flask\n\napplication = Flask(__name__)\n'
  const withFlask = {
    'small.py': `${flask}application.add_url_rule('/', 'small', lambda: 'small')\n`,
    'requirements.txt': 'Flask==2.0.3\n',
  }

  it.each([
    ['while pip installs', /python\.requirements\| *Collecting/],
    ['between the virtual host and the reload', /apache\.enabled-site: create/],
  ])('%s is finished by the next one, and the one after that has nothing to do', (_when, word) =>
    withGuest(deployed(), 'b-kill', async (guest) => {
      const folder = await folderWith(withFlask)
      const flags = await writeFlags({ ...smallFlags(guest, folder), requirements: 'requirements.txt' })
      await killAt(flags, word)
      expect(await ask(guest, '/health')).toMatchObject({ status: 200 })

      const next = await deployFlask(['apply', '-f', flags, '--yes'])
      expect(next.exitCode, next.stderr).toBe(0)
      expect(await ask(guest, '/', { name: 'small.test' })).toMatchObject({ status: 200, body: 'small' })

      const before = await snapshot(guest)
      const third = await deployFlask(['apply', '-f', flags, '--yes'])
      expect(third.stdout, third.stderr).toMatch(nothingToDo)
      expect(differences(before, await snapshot(guest))).toEqual([])
    }),
  )
})
