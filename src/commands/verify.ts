import { z } from 'zod'
import type { Command } from '../core/command.js'
import { pythonArgv } from '../core/python.js'
import type { Guard } from '../core/handler.js'
import { manifestFile } from '../core/host-paths.js'
import { safeJson } from '../core/sanitise.js'
import { failureOf } from '../engine/command-failure.js'
import type { DeployError } from '../errors.js'
import { list, readAs, text } from '../probes/facts.js'
import type { SiteManifest } from '../probes/manifest.js'
import { verifyScript } from '../probes/verify-script.js'
import { verifyText, type Check } from '../render/verify-text.js'
import { servedBy } from '../steps/site/deployed.js'
import { answers, remember } from '../steps/site/live.js'
import type { Transport } from '../transport/transport.js'
import { connected } from './connected.js'
import { siteOnHost } from './on-site.js'
import type { CommonOptions } from './options.js'
import type { Session } from './session.js'

const looked = list(z.object({ title: text, fault: text.nullable() }))

/** Whether a site works, proved from the inside out; changes nothing. Ends with 1 where it does not. */
export const verify = async (session: Session, options: CommonOptions): Promise<number> =>
  connected(session, options, async ({ transport, site }) => {
    const { io, colours } = session
    const { manifest } = await siteOnHost(transport, site)
    const checks = [...(await lookedAt(transport, site)), ...(await asked(transport, manifest))]
    const ok = checks.every(({ fault }) => fault === null)
    const shown = { host: transport.target, site, ok, checks }
    io.stdout.write(options.json === true ? `${safeJson(shown, 2)}\n` : verifyText(shown, colours.result))
    return ok ? 0 : 1
  })

const lookedAt = async (transport: Transport, site: string): Promise<readonly Check[]> => {
  const command: Command = {
    argv: pythonArgv(verifyScript, manifestFile(site)),
    as: 'root',
    seconds: 300,
    label: `look at everything that ${site} needs`,
  }
  const answer = await transport.run(command)
  if (answer.exitCode !== 0) throw failureOf(command, answer)
  return readAs('verify', looked, answer.stdout)
}

const faultOf = (error: DeployError | undefined): string | null => {
  if (error === undefined) return null
  const { what, evidence, remedy } = error.fault
  return [`${error.code}: ${what}`, ...(evidence === undefined ? [] : [evidence]), `what to do: ${remedy}`].join('\n')
}

const asked = async (transport: Transport, manifest: SiteManifest): Promise<readonly Check[]> => {
  const { title, error } = await askEverySite(transport, manifest)
  return [{ title, fault: faultOf(error) }]
}

interface Proved {
  readonly title: string
  readonly error: DeployError | undefined
}

/** By the guards of a deployment: the site answers from its own processes, and so does every other one of the host. */
export const askEverySite = async (transport: Transport, manifest: SiteManifest): Promise<Proved> => {
  const { live } = servedBy(manifest, manifest.venv)
  const before = await proved(transport, remember(live))
  if (before.error !== undefined) return { error: before.error, title: 'Apache can be asked' }
  return proved(transport, answers(live), before.answer)
}

const proved = async (transport: Transport, guard: Guard, before?: Parameters<Guard['judge']>[1]) => {
  const answer = await transport.run(guard.command(before))
  return { answer, title: guard.title, error: guard.judge(answer, before) }
}
