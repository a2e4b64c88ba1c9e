import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { parse } from 'yaml'
import { yardstickScript } from '../../test/bench/yardstick.js'
import { connectSsh } from '../../src/transport/ssh.js'
import { commandLine, examplesFolder, writeNotesFlags } from '../notes.js'
import type { Line } from './line.js'

/** One of the two that are measured against each other, doing the same deployment. */
export interface Side {
  readonly name: 'tool' | 'script'
  /** Brings the host to what is wanted; answers what was printed. */
  run(line: Line): Promise<string>
  /** Logs in and runs one command as root: what a run costs before it has asked anything. */
  bare(line: Line): Promise<void>
}

export async function tool(folder: string): Promise<Side & { peakMemory(line: Line): Promise<number> }> {
  const flags = await writeNotesFlags(folder, { host: 'bench' })
  const run = async (line: Line, node: readonly string[] = []): Promise<string> => {
    const words = ['apply', '-f', flags, '--yes', '--quiet', '--host', line.host, '--ssh-config', line.sshConfigFile]
    const { stdout } = await execa(process.execPath, [...node, commandLine, ...words], { stdin: 'ignore' })
    return stdout
  }
  return {
    name: 'tool',
    run: (line) => run(line),
    bare: async (line) => {
      const transport = await connectSsh({ host: line.host, sshConfigFile: line.sshConfigFile })
      await transport.run({ argv: ['true'], as: 'root' })
      await transport.close()
    },
    /** In MB. Asked from inside at its end: the kernel's own high-water mark, and GNU time need not be there. */
    peakMemory: async (line) => {
      const file = join(folder, 'peak-memory')
      const hook = `import { writeFileSync } from 'node:fs'
        process.on('exit', () => writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)))`
      await run(line, ['--import', `data:text/javascript,${encodeURIComponent(hook)}`])
      return Number(await readFile(file, 'utf8')) / 1024
    },
  }
}

/** The same site from the same flags file, by the script written by hand. */
export async function script(folder: string): Promise<Side> {
  const flags = parse(await readFile(join(folder, 'notes.yml'), 'utf8')) as NotesFlags
  const [url, staticFolder] = Object.entries(flags.static)[0] ?? []
  if (url === undefined || staticFolder === undefined) throw new Error('examples/notes.yml has no static folder')
  const secret = (await readFile(flags.settings.SECRET_KEY.file, 'utf8')).trim()
  const text = await yardstickScript({
    site: flags.site,
    serverName: flags['server-name'],
    codeFolder: join(examplesFolder, 'notes'),
    wsgi: flags.wsgi,
    settings: { ...flags.settings, SECRET_KEY: secret },
    database: flags.settings.NOTES_DATABASE,
    init: flags.init,
    static: { url: url.replace(/\/$/, ''), folder: staticFolder },
    checkPath: flags.check.path,
  })
  const ssh = async (line: Line, command: readonly string[], input: string): Promise<string> =>
    (await execa('ssh', ['-F', line.sshConfigFile, line.host, ...command], { input })).stdout
  return {
    name: 'script',
    run: (line) => ssh(line, ['sudo', '-n', 'bash', '-s'], text),
    bare: async (line) => {
      await ssh(line, ['sudo', '-n', 'true'], '')
    },
  }
}

/** As much of examples/notes.yml as the script is told. */
interface NotesFlags {
  readonly site: string
  readonly 'server-name': string
  readonly wsgi: string
  readonly settings: {
    readonly SECRET_KEY: { readonly file: string }
    readonly NOTES_DATABASE: string
    readonly NOTES_TITLE: string
  }
  readonly init: string
  readonly static: Readonly<Record<string, string>>
  readonly check: { readonly path: string }
}
