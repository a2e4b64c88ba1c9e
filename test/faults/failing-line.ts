import type { DelayProxy } from '../helpers/delay-proxy.js'
import type { Rig } from './rig.js'

/** The line fails when the run has said this; what was applied is applied again over a sound one. */
export const failing = async (
  rig: Rig,
  when: RegExp,
  fail: (proxy: DelayProxy) => void,
): Promise<{ readonly exitCode: number; readonly stderr: string }> => {
  const direct = rig.change()
  const { line, flags } = await rig.line(direct)
  const run = await rig.start(flags)
  await run.said(when)
  fail(line.proxy)
  const ended = await run.done
  rig.flags = direct
  return ended
}
