import { holderText } from '../engine/holder.js'
import type { Survey } from '../engine/survey.js'
import type { Session } from './session.js'

/** A plan is true only as long as nobody else changes the host, and nothing is to be taken back first. */
export const tellOfOthers = ({ emit }: Session, { otherRun: { at, cutOff, jobs } }: Survey): void => {
  if (at !== undefined) {
    emit({
      type: 'notice',
      text: `another run is changing this host now: ${at === null ? 'it does not say whose' : holderText(at)}`,
    })
  }
  if (cutOff !== undefined || jobs) {
    const whose = cutOff === undefined || cutOff === null ? '' : ` (${holderText(cutOff)})`
    emit({ type: 'notice', text: `a run before this one was cut off${whose}: apply takes back first what it has left` })
  }
}
