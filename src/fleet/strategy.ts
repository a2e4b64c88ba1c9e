import type { FlagsFile } from '../config/schema.js'
import type { Share, Strategy } from './waves.js'

type Written = FlagsFile['fleet']

const percentage = /^([0-9]+)%$/

/** `5`, `"25%"`: other text is none. */
const shareOf = (written: string | number): Share | undefined => {
  if (typeof written === 'number') return { hosts: written }
  const [, percent] = percentage.exec(written) ?? []
  return percent === undefined ? undefined : { percent: Number(percent) }
}

const canaryOf = (written: string | number): NonNullable<Strategy['canary']> =>
  shareOf(written) ?? { pattern: String(written) }

/** What the flags file and its options say of it. */
export const strategyOf = ({ parallel, rolling, canary, 'stop-after': stopAfter }: Written): Strategy => ({
  parallel,
  ...(rolling === undefined ? {} : { rolling: shareOf(rolling) }),
  ...(canary === undefined ? {} : { canary: canaryOf(canary) }),
  ...(stopAfter === undefined ? {} : { stopAfter: shareOf(stopAfter) }),
})
