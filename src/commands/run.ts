import type { Command } from '../core/command.js'
import { pythonArgv } from '../core/python.js'
import { manifestFile } from '../core/host-paths.js'
import { sanitise } from '../core/sanitise.js'
import { quoteArgv } from '../core/quote.js'
import { runScript } from '../probes/run-script.js'
import type { Output } from '../render/out.js'
import { begunInSite } from './audited.js'
import { connected } from './connected.js'
import { siteOnHost } from './on-site.js'
import type { RunOptions } from './options.js'
import type { Session } from './session.js'

const aDay = 24 * 60 * 60

/** A command in the environment of the site, as its account; ends with the exit code of that. */
export const run = async (session: Session, argv: readonly string[], options: RunOptions): Promise<number> =>
  connected(session, options, async ({ transport, site }) => {
    const { io } = session
    await siteOnHost(transport, site)
    const written = { stdout: writing(io.stdout), stderr: writing(io.stderr) }
    const { exitCode } = await transport.run(running(session, site, argv, options), {
      onOutput: (text, stream) => written[stream](text),
    })
    return exitCode
  })

/** What goes into a file is as it was printed; a terminal shows nothing that would repaint it. */
const writing = (output: Output): ((text: string) => void) =>
  output.isTTY ? (text) => output.write(sanitise(text)) : (text) => output.write(text)

const running = (session: Session, site: string, argv: readonly string[], { stdin }: RunOptions): Command => {
  const audit = begunInSite(session, `run -- ${quoteArgv(argv)}`, site)
  return {
    argv: pythonArgv(runScript, JSON.stringify({ manifest: manifestFile(site), argv, audit })),
    as: 'root',
    ...(stdin === true ? { stdin: { name: 'standard input', open: () => process.stdin } } : {}),
    seconds: aDay,
    label: `${quoteArgv(argv)} (as the account of ${site})`,
  }
}
