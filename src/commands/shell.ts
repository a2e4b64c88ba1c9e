import type { Command } from '../core/command.js'
import { pythonArgv } from '../core/python.js'
import { manifestFile } from '../core/host-paths.js'
import { visible } from '../core/sanitise.js'
import { shellScript } from '../probes/shell-script.js'
import type { Transport } from '../transport/transport.js'
import { begunInSite } from './audited.js'
import { connected } from './connected.js'
import { siteOnHost } from './on-site.js'
import type { CommonOptions } from './options.js'
import type { Session } from './session.js'
import { usage } from './usage.js'

const aDay = 24 * 60 * 60

/** A shell in the environment of the site, as its account; ends with the exit code of that. */
export const shell = async (session: Session, options: CommonOptions): Promise<number> => {
  const { io } = session
  if (!io.stdout.isTTY || !io.interactive) {
    throw usage('a shell needs a terminal', 'for a script: deploy-flask run --stdin -- bash')
  }
  return connected(session, options, async ({ transport, site }) => {
    await siteOnHost(transport, site)
    if (options.quiet !== true) {
      io.stderr.write(`a shell of ${visible(site)} on ${visible(transport.target)}, as its account; "exit" ends it\n`)
    }
    const terminal = new RemoteTerminal(session, transport)
    const { exitCode, stderr } = await asTyped(async () =>
      transport.run(opening(session, site), {
        onOutput: (text, stream) => {
          if (stream === 'stdout') terminal.take(text)
        },
      }),
    ).finally(() => terminal.close())
    // bash itself writes to the terminal: what comes this way is about why there is none
    if (stderr !== '') io.stderr.write(`${visible(stderr)}\n`)
    return exitCode
  })
}

/** Each key goes to the host at once, Ctrl-C too. */
const asTyped = async <T>(work: () => Promise<T>): Promise<T> => {
  const { stdin } = process
  stdin.setRawMode(true)
  try {
    return await work()
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
  }
}

const opening = (session: Session, site: string): Command => {
  const { io } = session
  const audit = begunInSite(session, 'shell', site)
  const { rows = 24, columns = 80 } = io.stdout
  const term = io.env['TERM'] ?? 'xterm'
  const asked = { manifest: manifestFile(site), audit, rows, columns, term, prompt: `(${site}) \\w\\$ ` }
  return {
    argv: pythonArgv(shellScript, JSON.stringify(asked)),
    as: 'root',
    stdin: { name: 'the keyboard', open: () => process.stdin },
    seconds: aDay,
    endless: true,
    label: `a shell as the account of ${site}`,
  }
}

/** Its first line names it; from then on it is as large as the window here. */
class RemoteTerminal {
  #name: string | undefined
  #begun = ''

  constructor(
    private readonly session: Session,
    private readonly transport: Transport,
  ) {}

  take(text: string): void {
    const { stdout } = this.session.io
    if (this.#name !== undefined) {
      stdout.write(text)
      return
    }
    this.#begun += text
    const end = this.#begun.indexOf('\n')
    if (end < 0) return
    this.#name = this.#begun.slice(0, end)
    if (/^\/dev\/pts\/\d+$/.test(this.#name)) process.stdout.on('resize', this.#resize)
    stdout.write(this.#begun.slice(end + 1))
  }

  close(): void {
    process.stdout.off('resize', this.#resize)
  }

  readonly #resize = (): void => {
    const { rows = 24, columns = 80 } = this.session.io.stdout
    const argv = ['stty', '-F', this.#name ?? '', 'rows', String(rows), 'cols', String(columns)] as const
    // a window that is not told its size is no reason to end the shell
    void this.transport.run({ argv, as: 'root' }).catch(() => undefined)
  }
}
