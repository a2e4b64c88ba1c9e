import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { readHost } from '../adoption/read-host.js'
import { chosenSite } from '../adoption/choose.js'
import { readScript } from '../adoption/script.js'
import type { Adoption } from '../adoption/draft.js'
import { accountOf, codeFolderOf, mainOf, venvOf, type Seen } from '../adoption/seen.js'
import { adoptionOf } from '../adoption/settings.js'
import { suitableHost } from '../adoption/suitable.js'
import { adoptedText, adoptionText } from '../adoption/texts.js'
import { handMadeSites, type HandMade } from '../adoption/virtual-hosts.js'
import { loadText } from '../config/load.js'
import { overlaid, type Override } from '../config/overrides.js'
import { visible } from '../core/sanitise.js'
import { askProbes } from '../engine/ask.js'
import { DeployError } from '../errors.js'
import { byHandSites, byHandSurroundings, type ByHandSites } from '../probes/by-hand.js'
import { wayTo } from '../probes/file.js'
import type { Transport } from '../transport/transport.js'
import { declined } from './declined.js'
import type { AdoptOptions } from './options.js'
import type { Session } from './session.js'
import { givenSettings } from './settings.js'
import { usage } from './usage.js'
import { schemaUrl, writeFlagsFile } from './wizard-files.js'
import { WizardHost } from './wizard-host.js'

/** What is to be adopted, as it was typed. */
interface Wanted {
  readonly host: string | undefined
  readonly site: string | undefined
}

/** Somebody's work is replaced only by somebody who says so, and nobody waits for a host before being asked. */
const mayReplace = async ({ io, services }: Session, file: string, { yes }: AdoptOptions): Promise<boolean> => {
  if (!existsSync(file)) return false
  if (yes === true) return true
  if (!io.interactive) {
    throw new DeployError('OUTPUT_UNWRITABLE', {
      what: 'there is a flags file already',
      where: file,
      remedy: 'name another one with -f, or let this one be replaced with --yes',
    })
  }
  if (!(await services.confirm(`Replace ${visible(file)}?`))) throw declined()
  return true
}

const seenOf = (site: HandMade, { scripts }: ByHandSites): Seen => {
  const host = readHost(site.path, site.nodes, suitableHost(site))
  const named = new Set(host.mounts.map(({ script }) => script))
  return {
    site,
    host,
    scripts: new Map(
      scripts
        .filter(({ path }) => named.has(path))
        .map(({ path, text, sha256 }) => [path, { path, sha256, read: readScript(text) }]),
    ),
  }
}

const paths = (seen: Seen): readonly string[] => {
  const [code, venv] = [codeFolderOf(seen), venvOf(seen)]
  return [
    code,
    `${code}/requirements.txt`,
    ...(venv === undefined ? [] : [`${venv}/bin/python`]),
    ...seen.host.files.map(({ path }) => path),
    ...seen.host.left.flatMap(({ onlyWith }) => onlyWith ?? []),
  ].filter((path) => path.startsWith('/') && !path.includes('\0'))
}

const lookAt = async (
  transport: Transport,
  host: string,
  wanted: string | undefined,
): Promise<readonly [Seen, Adoption]> => {
  const probes = { sites: byHandSites() }
  const { sites } = (await askProbes(transport, [probes])).of(probes)
  const found = handMadeSites(sites.files)
  const site = chosenSite(host, { ...found, unread: [...found.unread, ...sites.unread] }, wanted)
  const seen = seenOf(site, sites)
  const { user, group } = accountOf(seen)
  const code = codeFolderOf(seen)
  const around = {
    around: byHandSurroundings(paths(seen), code === '/' ? [] : [code], user, group),
    way: wayTo(mainOf(seen).mount?.script ?? '/'),
  }
  const answer = (await askProbes(transport, [around])).of(around)
  const adoption = adoptionOf(seen, {
    ...answer.around,
    distribution: sites.distribution,
    ...(answer.way === null ? {} : { open: answer.way.path }),
  })
  return [
    seen,
    {
      ...adoption,
      notes: [
        ...adoption.notes,
        ...sites.unread
          .filter(({ path }) => seen.host.mounts.some(({ script }) => script === path))
          .map(({ path, why }) => `${path} cannot be read: ${why}`),
      ],
    },
  ]
}

/** What the plan would refuse before it looks at the host. */
const refusalOf = async ({ io, services }: Session, text: string, file: string): Promise<DeployError | undefined> => {
  try {
    const { flags, directory, where } = loadText(text, file)
    await services.resolveSite(flags, { directory, env: io.env, now: io.now(), where, withoutSecrets: true })
    return undefined
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
}

/** What options say stands in the file, too; of a site that is there they say nothing but the way to it. */
const othersOf = (overrides: readonly Override[]): Readonly<Record<string, unknown>> => {
  const value = overlaid(
    {},
    overrides.filter(({ path: [key] }) => key === 'ssh'),
  )
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

const hostIn = (overrides: readonly Override[]): string | undefined => {
  const value = overrides.findLast(({ path }) => path.join('.') === 'host')?.value
  return typeof value === 'string' ? value : undefined
}

/** Reads a site that somebody has made by hand, and writes the flags file that describes it. Changes nothing on the host. */
export const adopt = async (session: Session, wanted: Wanted, options: AdoptOptions): Promise<number> => {
  const { io } = session
  const overrides = await givenSettings(session)
  const host = wanted.host ?? hostIn(overrides)
  if (host === undefined)
    throw usage('the host is missing', 'write it behind adopt: deploy-flask adopt me@server.example.com')
  const name = options.file ?? 'deploy-flask.yml'
  const file = resolve(io.cwd, name)
  const replace = await mayReplace(session, file, options)
  const at = new WizardHost(session, overrides)
  try {
    const transport = await at.transport(host)
    const [seen, adoption] = await lookAt(transport, host, wanted.site)
    const text = adoptedText(adoption, {
      schema: schemaUrl(),
      host,
      others: othersOf(overrides),
      path: seen.site.path,
    })
    io.stdout.write(adoptionText(adoption, seen.site.path))
    const refusal = await refusalOf(session, text, file)
    await writeFlagsFile(file, text, replace)
    if (refusal !== undefined) {
      io.stdout.write(`\nThe plan will be refused (${refusal.code}): ${visible(refusal.fault.what)}\n`)
      if (refusal.fault.evidence !== undefined) io.stdout.write(`${visible(refusal.fault.evidence)}\n`)
    }
    io.stdout.write(`\nwritten: ${visible(name)}; nothing was changed on the host\n`)
    io.stdout.write(`next: deploy-flask plan -f ${visible(name)}\n`)
    return 0
  } finally {
    await at.close()
  }
}
