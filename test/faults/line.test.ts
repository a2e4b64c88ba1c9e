import { execa } from 'execa'
import { expect } from 'vitest'
import { ask } from '../helpers/http.js'
import { failing } from './failing-line.js'
import { fault } from './fault.js'
import { folderWith } from '../helpers/small-site.js'
import type { Rig } from './rig.js'
import { isFull } from './sampled.js'

/** Of what this computer and the guest send each other. */
const withLoss = async (rig: Rig, probability: number): Promise<void> => {
  const { host, port } = rig.guest
  const lose = ['-m', 'statistic', '--mode', 'random', '--probability', String(probability), '-j', 'DROP']
  const rules = [
    ['OUTPUT', '-p', 'tcp', '-d', host, '--dport', String(port), ...lose],
    ['INPUT', '-p', 'tcp', '-s', host, '--sport', String(port), ...lose],
  ]
  for (const rule of rules) {
    await execa('iptables', ['-A', ...rule])
    rig.finally(() => execa('iptables', ['-D', ...rule]))
  }
}

/** The slowest takes minutes. */
const kilobits = isFull ? 9.6 : 38.4

const moments = [
  ['before the first change', /check|Packages/],
  ['between two commands', /apache\.vhost: update/],
  ['while Apache reloads', /apache\.reload# systemctl reload/],
  ['while every site is asked', /apache\.reload# ask notes/],
] as const

for (const [id, how] of [
  ['F50', 'reset'],
  ['F51', 'end'],
] as const) {
  for (const [when, said] of moments) {
    fault(
      id,
      `the line is cut (${how === 'reset' ? 'RST' : 'FIN'}) ${when}: the run connects again and goes on`,
      async (rig) => {
        const ended = await failing(rig, said, (proxy) => proxy.cut(how))
        expect(ended.exitCode, ended.stderr).toBe(0)
      },
    )
  }
}

fault('F50', 'the line is cut while the host answers the first questions: they are asked again', async (rig) => {
  const direct = rig.change()
  const { line, flags } = await rig.line(direct)
  void line.proxy.cutAt({ bytes: 4_000, from: 'server' }, 'reset')
  const ended = await rig.apply(flags)
  expect(ended.exitCode, ended.stderr).toBe(0)
  rig.flags = direct
})

for (const bytes of [10, 1500]) {
  fault('F50', `the line is cut after ${bytes} bytes of the host, while the run logs in`, async (rig) => {
    const direct = rig.change()
    const { line, flags } = await rig.line(direct)
    void line.proxy.cutAt({ bytes, from: 'server' }, 'reset')
    const ended = await rig.apply(flags)
    // one that is cut when more than the login was under way is made once more, step by step
    const told = ended.exitCode === 0 ? 'logged in once more' : ended.stderr
    expect([0, 4], ended.stderr).toContain(ended.exitCode)
    expect(told).toMatch(/^(error (CONNECT_FAILED|CONNECTION_LOST|NO_SSH_SERVER): |logged in once more$)/m)
    if (ended.exitCode !== 0) expect(await rig.left()).toEqual([])
    rig.flags = direct
  })
}

fault('F50', 'the line is cut while code is sent: it is sent once more', async (rig) => {
  const big = await folderWith({
    'small.py': "def application(e, s):\n    s('200 OK', [])\n    return [b'small']\n",
    'data.txt': 'x'.repeat(4_000_000),
  })
  const { flags: direct, name } = await rig.fresh({ code: { folder: big } })
  const { line, flags } = await rig.line(direct)
  line.proxy.limit(2_000_000)
  const run = await rig.start(flags)
  await run.said(/site\.release: create/)
  line.proxy.cut('reset')
  line.proxy.limit(Infinity)
  const ended = await run.done
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(await ask(rig.guest, '/', { name: `${name}.test` })).toMatchObject({ status: 200, body: 'small' })
  rig.flags = direct
})

fault('F50', 'the line is cut while pip is at work: pip goes on, and the run finds it again', async (rig) => {
  const app =
    "from flask import Flask\n\napplication = Flask(__name__)\napplication.add_url_rule('/', 'a', lambda: 'small')\n"
  const folder = await folderWith({ 'small.py': app, 'requirements.txt': 'Flask==2.0.3\n' })
  const { flags: direct, name } = await rig.fresh({ code: { folder }, requirements: 'requirements.txt' })
  const { line, flags } = await rig.line(direct)
  const run = await rig.start(flags)
  await run.said(/python\.requirements\| *Collecting/)
  line.proxy.cut('reset')
  const ended = await run.done
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect((await ask(rig.guest, '/', { name: `${name}.test` })).status).toBe(200)
  rig.flags = direct
})

fault('F56', 'the host is far away: 200 ms for each round trip', async (rig) => {
  const direct = rig.change()
  const { flags } = await rig.line(direct, 200)
  const ended = await rig.apply(flags)
  expect(ended.exitCode, ended.stderr).toBe(0)
  rig.flags = direct
})

fault(
  'F56',
  `the line carries ${kilobits} kbit a second`,
  async (rig) => {
    const direct = rig.change()
    const { line, flags } = await rig.line(direct)
    line.proxy.limit((kilobits * 1000) / 8)
    const ended = await rig.apply(flags)
    expect(ended.exitCode, ended.stderr).toBe(0)
    rig.flags = direct
  },
  { seconds: 400 },
)

fault('F56', 'one packet of twenty is lost, each way', async (rig) => {
  await withLoss(rig, 0.05)
  const ended = await rig.apply(rig.change())
  expect(ended.exitCode, ended.stderr).toBe(0)
})

fault(
  'F56',
  'one packet of five is lost, each way: it ends well, or with an error of the connection',
  async (rig) => {
    await withLoss(rig, 0.2)
    const ended = await rig.apply(rig.change())
    expect([0, 4, 75], ended.stderr).toContain(ended.exitCode)
  },
  { seconds: 400 },
)

fault('F57', 'sshd of the host is restarted in the middle', async (rig) => {
  const run = await rig.start(rig.change())
  await run.said(/apache\.vhost: update/)
  await rig.host('systemctl restart ssh; pkill -f "^sshd: vagrant" || true')
  const ended = await run.done
  expect(ended.exitCode, ended.stderr).toBe(0)
})
