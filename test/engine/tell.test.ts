import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { root, type Answer, type Command } from '../../src/core/command.js'
import type { Event } from '../../src/core/event.js'
import { Secret } from '../../src/core/secret.js'
import { runTold, type Runner } from '../../src/engine/tell.js'
import { RecordedTransport } from '../../src/transport/recorded.js'

const told = async (command: Command, result: Partial<Answer>) => {
  const events: Event[] = []
  const transport = new RecordedTransport({ result: () => result })
  const answer = await runTold((...given) => transport.run(...given), command, {
    step: 'a.step',
    emit: (event) => events.push(event),
  })
  return { answer, events: events.slice(1) }
}

describe('a command that runs', () => {
  it('is told before it runs, with its argv and without its stdin', async () => {
    const events: Event[] = []
    const transport = new RecordedTransport({ result: () => ({ stdout: 'done\n' }) })
    const command = { ...root('tee', '/a b'), stdin: new Secret('hunter2') }
    await runTold((...given) => transport.run(...given), command, {
      step: 'a.step',
      emit: (event) => events.push(event),
    })
    expect(events).toEqual([
      { type: 'step.command', step: 'a.step', run: "tee '/a b'", as: 'root' },
      { type: 'step.output', step: 'a.step', text: 'done' },
    ])
  })

  it('tells what it had printed when the connection is lost', async () => {
    const events: Event[] = []
    const lost: Runner = (_command, { onOutput }) => {
      onOutput?.('half a li', 'stdout')
      return Promise.reject(new Error('lost'))
    }
    const running = runTold(lost, root('cat'), { step: 'a.step', emit: (event) => events.push(event) })
    await expect(running).rejects.toThrow('lost')
    expect(events.at(-1)).toEqual({ type: 'step.output', step: 'a.step', text: 'half a li' })
  })
})

describe('a command that tells how far it is', () => {
  const counting: Command = {
    ...root('count'),
    progress: {
      stream: 'stderr',
      isOwn: (line) => line.startsWith('#'),
      open: () => {
        let lines = 0
        return (line) => {
          if (line === '#wait') return { for: 'a lock', holder: 'somebody', seconds: 3 }
          if (line === '#note') return { notice: 'repaired' }
          return line.startsWith('#') ? { what: line.slice(1), count: ++lines } : undefined
        }
      },
    },
  }

  it('has its progress told, and what was printed for that alone is no output and no evidence', async () => {
    const { answer, events } = await told(counting, {
      stdout: '#not this\n',
      stderr: 'a\n#one\n#wait\nb\n#note\n#two',
      exitCode: 7,
    })
    expect(events).toEqual([
      { type: 'step.output', step: 'a.step', text: '#not this' },
      { type: 'step.output', step: 'a.step', text: 'a' },
      { type: 'step.progress', step: 'a.step', what: 'one', count: 1 },
      { type: 'step.waiting', step: 'a.step', for: 'a lock', holder: 'somebody', seconds: 3 },
      { type: 'step.output', step: 'a.step', text: 'b' },
      { type: 'step.notice', step: 'a.step', notice: 'repaired' },
      { type: 'step.progress', step: 'a.step', what: 'two', count: 2 },
    ])
    expect(answer).toEqual({ stdout: '#not this\n', stderr: 'a\nb', exitCode: 7 })
  })

  it('begins anew each time it is run', async () => {
    await told(counting, { stderr: '#one\n' })
    const { events } = await told(counting, { stderr: '#one\n' })
    expect(events).toMatchObject([{ type: 'step.progress', count: 1 }])
  })
})

describe('a stream that is sent', () => {
  const sent = async (bytes: number | undefined, counts: readonly number[]) => {
    const events: Event[] = []
    const sending: Runner = (_command, { onSent }) => {
      for (const count of counts) onSent?.(count)
      return Promise.resolve({ stdout: '', stderr: '', exitCode: 0 })
    }
    const source = { name: 'the code', open: () => Readable.from([]), ...(bytes === undefined ? {} : { bytes }) }
    await runTold(sending, { ...root('tar'), stdin: source }, { step: 'a.step', emit: (event) => events.push(event) })
    return events.slice(1)
  }

  it('tells each percent once, however many pieces it has', async () => {
    const pieces = Array.from({ length: 1000 }, (_, index) => index + 1)
    const events = await sent(1000, pieces)
    expect(events).toHaveLength(101)
    expect(events[0]).toEqual({
      type: 'step.progress',
      step: 'a.step',
      what: 'sending the code',
      bytes: 1,
      percent: 0,
      total: 1000,
    })
    expect(events.at(-1)).toMatchObject({ bytes: 1000, percent: 100 })
  })

  it('is never more than all of it, when it is longer than was thought', async () => {
    expect((await sent(100, [50, 150])).at(-1)).toMatchObject({ bytes: 150, percent: 100, total: 150 })
  })

  it('tells each megabyte where nobody knows how many there are', async () => {
    const pieces = Array.from({ length: 40 }, (_, index) => (index + 1) * 100_000)
    const events = await sent(undefined, pieces)
    expect(events.map((event) => 'bytes' in event && event.bytes)).toEqual([100_000, 1_100_000, 2_100_000, 3_200_000])
  })
})
