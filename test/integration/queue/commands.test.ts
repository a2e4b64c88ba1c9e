import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import { readFileSync } from 'node:fs'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { fleetRunsForm } from '../../../src/render/fleet-documents.js'
import { secrets } from '../../fixtures/sites.js'
import { bin, deployFlask, type CliResult } from '../../helpers/cli.js'
import { examples } from '../../helpers/flags.js'
import { useRedis } from '../../helpers/redis.js'
import { startSimulatedHosts, type SimulatedHosts } from '../../helpers/simulated-hosts.js'
import { startWorker, startWorkers, type WorkerProcess } from '../../helpers/workers.js'

const redis = useRedis()
const secret = secrets.NOTES_SECRET_KEY
const env = { NOTES_SECRET_KEY: secret }
let hosts: SimulatedHosts
let folder: string
const workers: WorkerProcess[] = []

const flagsText = (): string => {
  const flags = z.record(z.string(), z.unknown()).parse(parse(readFileSync(join(examples, 'notes.yml'), 'utf8')))
  return stringify({ ...flags, ssh: { 'config-file': hosts.sshConfigFile }, code: { folder: join(examples, 'notes') } })
}

beforeAll(async () => {
  hosts = await startSimulatedHosts(4)
  folder = await mkdtemp(join(tmpdir(), 'queue-commands-'))
  await writeFile(join(folder, 'deploy-flask.yml'), flagsText())
  await writeFile(join(folder, 'hosts'), hosts.hosts.map((host) => `${host}\n`).join(''))
})
afterAll(async () => {
  await hosts.stop()
  await rm(folder, { recursive: true })
})
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.kill()
})

const start = (count: number, directory = folder): void =>
  void workers.push(...startWorkers(count, { url: redis.url, directory, env }))

const fleet = (args: readonly string[], state = folder): Promise<CliResult> =>
  deployFlask(['fleet', ...args], { ...env, XDG_STATE_HOME: join(state, 'state') }, folder)

const apply = (...args: readonly string[]): Promise<CliResult> =>
  fleet(['apply', '-f', 'deploy-flask.yml', '--inventory', 'hosts', '--yes', ...args])

const line = z.looseObject({ type: z.string(), host: z.string().optional() })
const typesIn = ({ stdout }: CliResult): readonly string[] => [
  ...new Set(
    stdout
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => line.parse(JSON.parse(text)).type),
  ),
]

const statusOf = async (...args: readonly string[]) => {
  const { stdout } = await fleet(['status', '--queue', redis.url, '--json', ...args])
  return fleetRunsForm.strict().parse(JSON.parse(stdout))
}

describe('fleet apply --queue', () => {
  it('ends as the same run in one process does, with the same exit code, for hosts that are there and for one that is not', async () => {
    const [broken = ''] = hosts.hosts
    await hosts.become(broken, { kind: 'refuses' })
    const alone = await apply('--json')
    start(2)
    const shared = await apply('--json', '--queue', redis.url)
    await hosts.become(broken, { kind: 'recorded' })
    expect(shared.exitCode, shared.stderr).toBe(alone.exitCode)
    expect(alone.exitCode).not.toBe(0)
    for (const type of ['fleet.start', 'wave.start', 'host.start', 'host.done', 'wave.done', 'fleet.done']) {
      expect(typesIn(alone)).toContain(type)
      expect(typesIn(shared)).toContain(type)
    }
    const { runs } = await statusOf()
    expect(runs[0]).toMatchObject({ state: 'done', counts: { running: 0, waiting: 0, notBegun: 0 } })
    const [{ id = '' } = {}] = runs
    const told = await fleet(['status', '--queue', redis.url, id])
    expect(told.stdout).toContain(broken)
    expect(told.stdout).toContain('what to do: ')

    const again = await fleet(['attach', '--queue', redis.url, id])
    expect(again.exitCode).toBe(shared.exitCode)
    expect(again.stdout).toContain(broken)
  })

  it('is kept, so that the hosts that have failed are the only ones of the next run', async () => {
    const [only = ''] = hosts.hosts
    start(1)
    await hosts.become(only, { kind: 'refuses' })
    await apply('--queue', redis.url)
    await hosts.become(only, { kind: 'recorded' })
    await apply('--queue', redis.url, '--retry-failed')
    const { runs } = await statusOf()
    expect(Object.values(runs[0]?.counts ?? {}).reduce((sum, count) => sum + count, 0)).toBe(1)
  })

  it('leaves no secret in Redis', async () => {
    const everything = await redis.everything()
    expect(everything).toContain(hosts.hosts[3])
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain(Buffer.from(secret).toString('base64'))
  })

  it('is not begun by a worker with other files, which says which', async () => {
    const other = await mkdtemp(join(tmpdir(), 'queue-other-'))
    await writeFile(join(other, 'deploy-flask.yml'), `${flagsText()}# another comment\n`)
    await writeFile(join(other, 'hosts'), hosts.hosts.map((host) => `${host}\n`).join(''))
    start(1, other)
    const applied = apply('--queue', redis.url)
    while (!workers[0]?.said().includes('takes no part in run')) await sleep(50)
    start(1)
    const { stderr } = await applied
    expect(stderr).toContain('done: ')
    expect(stderr).toContain('takes no part: QUEUE_INPUTS_DIFFER')
    expect(stderr).toContain('the flags file')
    await rm(other, { recursive: true })
  })

  it('can be stopped by anybody: hosts that have not begun do not begin', async () => {
    const applied = apply('--queue', redis.url, '--rolling', '1')
    while ((await statusOf()).runs[0]?.state !== 'running') await sleep(50)
    const [{ id = '' } = {}] = (await statusOf()).runs
    const stopped = await fleet(['stop', '--queue', redis.url, id])
    expect(stopped.stdout).toContain('no further host begins')
    start(1)
    const { stderr } = await applied
    expect(stderr).toContain('no further host was begun: stopped by')
    expect((await statusOf(id)).runs[0]).toMatchObject({ state: 'stopped', counts: { notBegun: 4 } })
  })

  it.each([
    [
      'settings as options, all of them at once',
      ['--queue', 'QUEUE', '--server-name', 'other.test', '--daemon-threads', '3'],
      'write server-name, daemon.threads into deploy-flask.yml or the inventory, here and in the folder of each worker',
    ],
    ['what is said to workers', ['--queue', 'QUEUE', '--lock-wait', '5'], 'said to each worker'],
    ['a password on the command line', ['--queue', 'redis://:pa55@127.0.0.1'], 'holds a password'],
  ])('refuses %s', async (_, args, said) => {
    const { exitCode, stderr } = await apply(...args.map((arg) => (arg === 'QUEUE' ? redis.url : arg)))
    expect(exitCode).toBe(2)
    expect(stderr).toContain(said)
    expect(stderr).not.toContain('pa55')
  })

  it('says that Redis is not there', async () => {
    const { exitCode, stderr } = await apply('--queue', 'redis://127.0.0.1:1')
    expect(exitCode).toBe(4)
    expect(stderr).toContain('error QUEUE_UNREACHABLE: there is no answer from Redis')
  })
})

describe('whoever goes away from a run', () => {
  /** One worker with one host in flight, until the run is in the middle of it. */
  const leave = async (): Promise<CliResult> => {
    const slow = { kind: 'recorded', milliseconds: 2_000 } as const
    for (const host of hosts.hosts) await hosts.become(host, slow)
    workers.push(startWorker({ url: redis.url, directory: folder, env, args: ['--parallel', '1'] }))
    const giver = execa(
      process.execPath,
      [bin, 'fleet', 'apply', '-f', 'deploy-flask.yml', '--inventory', 'hosts', '--yes', '--queue', redis.url],
      {
        cwd: folder,
        env: { ...env, XDG_STATE_HOME: join(folder, 'state'), NO_COLOR: '1', CI: '' },
        stdin: 'ignore',
        reject: false,
      },
    )
    await once(giver.stderr, 'data')
    while ((await statusOf()).runs[0]?.counts.running !== 1) await sleep(50)
    await sleep(1_000) // until it is told of the host, too
    giver.kill('SIGINT')
    const { exitCode = -1, stdout, stderr } = await giver
    return { exitCode, stdout, stderr }
  }

  it('is told which hosts are in flight and which wait, and whoever comes back keeps what they came to', async () => {
    const { exitCode, stdout, stderr } = await leave()
    expect(exitCode, stderr).toBe(130)
    expect(stdout.match(/in flight$/gm), stdout).toHaveLength(1)
    expect(stdout.match(/waits for its turn$/gm)).toHaveLength(3)
    expect(stderr).toContain('the run goes on without you')
    expect(stderr).not.toContain('--retry-failed')
    const [{ id = '' } = {}] = (await statusOf()).runs
    for (const host of hosts.hosts) await hosts.become(host, { kind: 'recorded' })
    const back = await fleet(['attach', '--queue', redis.url, id])
    expect(back.exitCode, back.stderr).toBe(0)
    const again = await apply('--queue', redis.url, '--retry-failed')
    expect(again.stderr).toContain('nothing to retry')
  })
})

describe('a worker', () => {
  it('ends with 0 when it is asked to', async () => {
    const worker = startWorker({ url: redis.url, directory: folder, env })
    workers.push(worker)
    while (!worker.said().includes('note: worker ')) await sleep(50)
    expect(await worker.stop(), worker.said()).toBe(0)
    expect((await statusOf()).workers.filter((name) => name.includes(`(${worker.child.pid})`))).toEqual([])
  })
})
