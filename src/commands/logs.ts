import { PassThrough } from 'node:stream'
import type { Command } from '../core/command.js'
import { pythonArgv } from '../core/python.js'
import { manifestFile } from '../core/host-paths.js'
import { sanitise } from '../core/sanitise.js'
import { failureOf } from '../engine/command-failure.js'
import { Lines } from '../engine/lines.js'
import { logsScript } from '../probes/logs-script.js'
import type { Colours } from '../render/colour.js'
import { logLine } from '../render/log-line.js'
import { connected } from './connected.js'
import { siteOnHost } from './on-site.js'
import type { LogsOptions } from './options.js'
import type { Session } from './session.js'

/** Of a site whose logs nobody has asked for in another way. */
const usualLines = 50
const aDay = 24 * 60 * 60

/** Both logs of a site, merged in the order of time. */
export const logs = async (session: Session, options: LogsOptions): Promise<number> =>
  connected(session, options, async ({ transport, site }) => {
    const { io, colours, interrupts } = session
    await siteOnHost(transport, site)
    const input = new PassThrough()
    const command = reading(site, options, input)
    const lines = new Lines((line) => io.stdout.write(shown(line, colours.result)))
    const answer = await interrupts.whileWatching(async (stopped) => {
      stopped.addEventListener('abort', () => input.end())
      if (options.follow !== true) input.end()
      return transport.run(command, {
        onOutput: (text, stream) => {
          if (stream === 'stdout') lines.push(text)
        },
      })
    })
    if (answer.exitCode !== 0) throw failureOf(command, answer)
    return interrupts.exitCode(0)
  })

const reading = (site: string, { follow, since, lines }: LogsOptions, input: PassThrough): Command => {
  const asked = {
    manifest: manifestFile(site),
    follow: follow === true,
    since: since ?? null,
    lines: lines ?? (since === undefined ? usualLines : null),
  }
  return {
    argv: pythonArgv(logsScript, JSON.stringify(asked)),
    as: 'root',
    // its end is how the host hears that nobody reads any more
    stdin: { name: 'whoever reads the logs', open: () => input },
    seconds: follow === true ? aDay : 120,
    endless: true,
    label: `read the logs of ${site}`,
  }
}

const shown = (line: string, colours: Colours): string =>
  `${logLine(line.startsWith('E ') ? 'error' : 'access', sanitise(line.slice(2)), colours)}\n`
