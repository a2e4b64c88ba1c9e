import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { say } from '../../cache.js'
import type { Guest } from '../../guest.js'
import { commandLine } from '../../notes.js'
import { median } from '../figures.js'
import { overLine, type Line } from '../line.js'
import { measureCommand } from '../measure.js'
import { RunFailed } from '../metered.js'
import type { Dimension, Ground } from './dimension.js'

/** What is done at each size, in this order. `first` brings the site to that size. */
export const actions = ['first', 'plan', 'nothing to do', 'code update'] as const
export type Action = (typeof actions)[number]

/** Seconds, the median of a few runs. */
export type Growth = ReadonlyMap<number, Readonly<Record<Action, number>>>

/** deploy-flask alone, at each size of one dimension. */
export async function grow(dimension: Dimension, guest: Guest, rounds: number, folder: string): Promise<Growth> {
  const ground = { guest, folder: join(folder, 'growth') }
  const growth = new Map<number, Readonly<Record<Action, number>>>()
  for (const size of dimension.sizes) {
    await writeCode(ground, 0)
    await writeFlags(ground, await dimension.prepare(ground, size))
    growth.set(size, await overLine(guest, 0, folder, (line) => atOneSize(ground, line, rounds)))
    say(`${dimension.name}: ${size} measured`)
  }
  await dimension.tidy?.(ground)
  await rm(ground.folder, { recursive: true })
  return growth
}

async function atOneSize(ground: Ground, line: Line, rounds: number): Promise<Record<Action, number>> {
  const first = await run(ground, line, 'apply')
  const times = { plan: [] as number[], nothing: [] as number[], update: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    times.plan.push(await run(ground, line, 'plan'))
    times.nothing.push(await run(ground, line, 'apply', /^nothing to do/m))
    await writeCode(ground, round + 1)
    times.update.push(await run(ground, line, 'apply', /^Done: /m))
  }
  return {
    first,
    plan: median(times.plan),
    'nothing to do': median(times.nothing),
    'code update': median(times.update),
  }
}

async function run(ground: Ground, line: Line, verb: 'plan' | 'apply', wanted = /^/): Promise<number> {
  const target = ['-f', join(ground.folder, 'flags.yml'), '--host', line.host, '--ssh-config', line.sshConfigFile]
  const words = [verb, ...target, '--quiet', ...(verb === 'apply' ? ['--yes'] : [])]
  const command = () => Promise.resolve({ argv: [process.execPath, commandLine, ...words] as const })
  const { run: measured, printed } = await measureCommand(command, ground.folder, ground.guest, line)
  if (!wanted.test(printed)) throw new RunFailed(`${verb} did not do what was expected of it:\n${printed}`)
  return measured.seconds
}

async function writeCode({ folder }: Ground, number: number): Promise<void> {
  await mkdir(join(folder, 'code'), { recursive: true })
  const body = `def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'${number}']
`
  await writeFile(join(folder, 'code/small.py'), body)
}

async function writeFlags({ folder }: Ground, more: Readonly<Record<string, unknown>>): Promise<void> {
  const flags = {
    version: 1,
    host: 'bench',
    site: 'small',
    'server-name': 'small.test',
    code: { folder: join(folder, 'code') },
    wsgi: 'small:application',
    ...more,
  }
  await writeFile(join(folder, 'flags.yml'), stringify(flags))
}
