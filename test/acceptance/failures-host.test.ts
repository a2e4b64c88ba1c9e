import { execa } from 'execa'
import { describe, expect, inject, it } from 'vitest'
import type { Guest, PreparedGuest } from '../../vagrant/guest.js'
import { bin, deployFlask } from '../helpers/cli.js'
import { attempt, expectFailure, expectRefusal, withGuest } from '../helpers/failure.js'
import { notesFlags, writeFlags } from '../helpers/flags.js'
import { ask } from '../helpers/http.js'
import { folderWith, smallFlags } from '../helpers/small-site.js'
import { leftovers, snapshot } from '../helpers/snapshot.js'

const deployed = (): PreparedGuest => ({ container: inject('deployed') })

/** Puts a file system of its own over a folder, with what the folder holds. */
const mount = async (guest: Guest, folder: string, size: string): Promise<void> => {
  const { exitCode, stderr } = await guest.run(`set -e
cp -aT ${folder} /run/kept
mount -t tmpfs -o size=${size},mode=$(stat -c %a ${folder}) tmpfs ${folder}
cp -aT /run/kept ${folder}`)
  expect(exitCode, stderr).toBe(0)
}

/** The same, and fills it to the last byte. */
const fill = async (guest: Guest, folder: string): Promise<void> => {
  await mount(guest, folder, '256k')
  const { stdout } = await guest.run(`dd if=/dev/zero of=${folder}/full bs=1k status=none
df --output=avail ${folder} | tail -n 1`)
  expect(stdout.trim()).toBe('0')
}

describe('a full disk', () => {
  it.each([
    ['/etc/apache2/sites-available', 'its virtual host', { 'max-body': 4096 }],
    [
      '/etc/deploy-flask/notes',
      'its settings',
      { settings: { NOTES_TITLE: 'Another', NOTES_DATABASE: '/srv/notes/data/notes.db' } },
    ],
    ['/srv/notes/wsgi', 'its WSGI script', { wsgi: 'notes:create_app' }],
  ])('in %s keeps the site as it was, with %s whole', (folder, _what, change) =>
    withGuest(deployed(), 'b-full', async (guest) => {
      await fill(guest, folder)
      const { result, left } = await attempt(guest, { ...notesFlags(guest), ...change })
      expectFailure(result, 'DISK_FULL')
      expect(left).toEqual([])
      expect(await ask(guest, '/health')).toMatchObject({ status: 200 })
    }),
  )

  it('where the code of the site lies is seen before anything is changed', () =>
    withGuest(deployed(), 'b-full-srv', async (guest) => {
      await mount(guest, '/srv', '64m')
      const { result, left } = await attempt(guest, notesFlags(guest))
      expectRefusal(result, 'DISK_FULL', '/srv')
      expect(left).toEqual([])
    }))
})

describe('a run that is killed', () => {
  /** Kills the program when it says this, as a crashed laptop would. */
  const killAt = async (flags: string, word: RegExp): Promise<void> => {
    const running = execa(process.execPath, [bin, 'apply', '-f', flags, '--yes'], {
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

  it.each([
    ['while pip installs', /python\.requirements: (create|update)/],
    ['between the virtual host and the reload', /apache\.enabled-site: create/],
  ])('%s is finished by the next one, and the one after that has nothing to do', (_when, word) =>
    withGuest(deployed(), 'b-kill', async (guest) => {
      const app =
        "from flask import Flask\n\napplication = Flask(__name__)\napplication.add_url_rule('/', 'small', lambda: 'small')\n"
      const folder = await folderWith({ 'small.py': app, 'requirements.txt': 'Flask==2.0.3\n' })
      const flags = await writeFlags({ ...smallFlags(guest, folder), requirements: 'requirements.txt' })
      await killAt(flags, word)
      expect(await ask(guest, '/health')).toMatchObject({ status: 200 })

      const next = await deployFlask(['apply', '-f', flags, '--yes'])
      expect(next.exitCode, next.stderr).toBe(0)
      expect(await ask(guest, '/', { name: 'small.test' })).toMatchObject({ status: 200, body: 'small' })

      const before = await snapshot(guest)
      const third = await deployFlask(['apply', '-f', flags, '--yes'])
      expect(third.stdout, third.stderr).toBe('nothing to do\n')
      expect(leftovers(before, await snapshot(guest))).toEqual([])
    }),
  )
})
