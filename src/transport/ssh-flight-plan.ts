import type { ParsedKey } from 'ssh2'
import { fingerprint } from './known-hosts.js'
import type { Credentials } from './ssh-authentication.js'
import type { FlightPlan } from './ssh-flight.js'
import type { LastKey } from './ssh-logins.js'

/**
 * How much of a login may go out at once. An agent may ask a person before it signs, so whether the host would take a key
 * of its is made sure first, unless that one logged in the last time. And what follows the login goes along with a key
 * that is as good as accepted, for a host that refuses the key writes each early packet into its log.
 */
export const flightPlan = (
  { keys }: Credentials,
  last: LastKey | undefined,
  step: 'by step' | 'ahead',
): Pick<FlightPlan, 'first' | 'signsAtOnce' | 'leads'> => {
  const isLast = (key: ParsedKey): boolean => last?.key === fingerprint(key.getPublicSSH())
  const isOfAgent = (key: ParsedKey): boolean => keys.some((one) => 'agent' in one && one.key.equals(key))
  return {
    first: step === 'ahead' ? keys[0]?.key : undefined,
    signsAtOnce: (key) => isLast(key) || !isOfAgent(key),
    leads: (key, isTaken) => step === 'ahead' && last?.alone !== false && (isTaken || isLast(key) || keys.length === 1),
  }
}
