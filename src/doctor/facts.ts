import type { HostState } from '../probes/doctor.js'

type Denied = NonNullable<HostState['scripts'][number]['denied']>

const why: Readonly<Record<Denied['why'], string>> = {
  missing: 'is not there',
  closed: 'cannot be entered',
  read: 'cannot be read',
  write: 'cannot be written',
}

/** What stands in the way of an account, as a sentence. */
export const deniedTo = (user: string, { path, why: reason }: Denied): string =>
  reason === 'missing' ? `${path} ${why.missing}` : `${path} ${why[reason]} by ${user}`

/** The first fact that there is. */
export const first = <T>(list: readonly T[], tell: (one: T) => string | undefined): string | undefined => {
  for (const one of list) {
    const told = tell(one)
    if (told !== undefined) return told
  }
  return undefined
}

/** The site answers as it should, and so does what is mounted in it. */
export const isHealthy = ({ answer, mounts }: HostState): boolean =>
  answer.good && answer.seen !== false && mounts.every(({ status }) => status !== 0 && status < 500)
