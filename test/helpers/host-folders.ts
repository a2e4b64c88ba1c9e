import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runFolder, undoFolder } from '../../src/core/host-paths.js'

const stateFolder = undoFolder.slice(0, undoFolder.lastIndexOf('/'))

export interface HostFolders {
  readonly root: string
  /** In place of /run/deploy-flask. */
  readonly run: string
  readonly journal: string
  /** The same text for these folders. */
  moved(text: string): string
  read(name: string): string | undefined
  /** Says that the run of this token holds the lock. */
  holds(token: string): void
}

/** What a run needs on a host, somewhere else: scripts of the host are then tried on this machine. */
export const hostFolders = (): HostFolders => {
  const root = mkdtempSync(join(tmpdir(), 'host-'))
  const run = join(root, 'run')
  mkdirSync(join(run, 'run'), { recursive: true })
  return {
    root,
    run,
    journal: join(root, 'state/undo/journal'),
    moved: (text) => text.replaceAll(runFolder, run).replaceAll(stateFolder, join(root, 'state')),
    read: (name) => (existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : undefined),
    holds: (token) => writeFileSync(join(run, 'holder'), `${token}\n${process.pid}\n{}\n`),
  }
}
