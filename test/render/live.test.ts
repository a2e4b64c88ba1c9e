import { describe, expect, it } from 'vitest'
import { plainText } from '../../src/render/colour.js'
import { openLiveView } from '../../src/render/live-view.js'
import { MemoryTerminal } from '../helpers/terminal.js'

const open = () => {
  const terminal = new MemoryTerminal(60)
  const given = {
    stdout: terminal,
    stderr: terminal,
    interactive: true,
    env: { LANG: 'C.UTF-8' },
    cwd: '/',
    now: () => new Date(),
  }
  return { terminal, ...openLiveView(given, plainText) }
}

describe('the live view', () => {
  it('shows what goes on before anything is loaded that would show it better', () => {
    const { terminal, view } = open()
    view.event({ type: 'check.start', what: 'Log in' })
    expect(terminal.text).toBe('Log in')
    view.event({ type: 'check.done', what: 'Log in', milliseconds: 20 })
    expect(terminal.text).toBe('')
    expect(terminal.hidden).toBe(false)
  })

  it('keeps a line of what took its time', async () => {
    const { terminal, view } = open()
    await view.ready()
    view.event({ type: 'check.start', what: 'Log in' })
    view.event({ type: 'check.running', what: 'Log in', seconds: 2 })
    view.draw()
    expect(terminal.text).toBe('⠋ Log in 2 s')
    view.event({ type: 'check.done', what: 'Log in', milliseconds: 2345 })
    expect(terminal.text).toBe('✔ Log in 2.3 s')
  })

  it('turns by itself, because time passes', async () => {
    const { terminal, view } = open()
    await view.ready()
    view.event({ type: 'check.start', what: 'Log in' })
    view.draw()
    expect(terminal.text).toBe('⠋ Log in')
    await expect.poll(() => terminal.text, { interval: 20 }).toMatch(/^[^⠋] Log in$/)
    view.failed()
    expect(terminal.text).toBe('✖ Log in')
  })

  it('is not in the way while a person is asked', async () => {
    const { terminal, view } = open()
    await view.ready()
    view.event({ type: 'check.start', what: 'Log in' })
    await view.suspendedFor(async () => {
      expect(terminal.text).toBe('')
      expect(terminal.hidden).toBe(false)
      view.draw()
      terminal.write('Password: \n')
      return Promise.resolve()
    })
    view.draw()
    expect(terminal.text).toBe('Password: \n⠋ Log in')
    view.failed()
  })

  it('leaves room for what others write, above itself', async () => {
    const { terminal, view, io } = open()
    await view.ready()
    view.event({ type: 'check.start', what: 'Log in' })
    io.stderr.write('warning: the log ends here\n')
    expect(terminal.text).toBe('warning: the log ends here\n⠋ Log in')
    view.failed()
  })
})
