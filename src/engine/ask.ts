import type { Answer } from '../core/command.js'
import type { Family, Probe, Probes, StateOf } from '../core/probe.js'
import type { ShellQuestion, Transport } from '../transport/transport.js'

/** The answers to all probes that were asked, without doubles. */
export interface State {
  readonly values: readonly unknown[]
  /** The state of one step or handler: each of its probes with its answer. */
  of<P extends Probes>(probes: P): StateOf<P>
}

const keyOf = ({ ask, as }: Probe<unknown>): string =>
  'sh' in ask ? `${as} ${ask.sh}` : `${as} ${ask.family.name} ${ask.item}`

/** One script: either a single question, or all items of a family. */
interface Packet {
  readonly question: ShellQuestion
  /** Keys of the questions that it answers, in order. */
  readonly keys: readonly string[]
  split(answer: Answer): readonly Answer[]
}

const single = (key: string, sh: string, as: Probe<unknown>['as']): Packet => ({
  question: { sh, as },
  keys: [key],
  split: (answer) => [answer],
})

const together = (family: Family, as: Probe<unknown>['as'], members: ReadonlyMap<string, string>): Packet => {
  const items = [...members.values()]
  return {
    question: { sh: family.sh(items), as },
    keys: [...members.keys()],
    split: (answer) => family.split(answer, items),
  }
}

/** Probes into packets: a family's items that run as the same user go into one process on the host. */
const pack = (probes: ReadonlyMap<string, Probe<unknown>>): readonly Packet[] => {
  const singles: Packet[] = []
  const families = new Map<string, { family: Family; as: Probe<unknown>['as']; members: Map<string, string> }>()
  for (const [key, { ask, as }] of probes) {
    if ('sh' in ask) {
      singles.push(single(key, ask.sh, as))
      continue
    }
    const group = families.get(`${as} ${ask.family.name}`) ?? { family: ask.family, as, members: new Map() }
    group.members.set(key, ask.item)
    families.set(`${as} ${ask.family.name}`, group)
  }
  return [...singles, ...[...families.values()].map(({ family, as, members }) => together(family, as, members))]
}

/** Asks all probes of all the given records in one round trip; the same question is asked once. */
export const askProbes = async (host: Pick<Transport, 'ask'>, records: readonly Probes[]): Promise<State> => {
  const probes = new Map(records.flatMap((record) => Object.values(record)).map((probe) => [keyOf(probe), probe]))
  const packets = pack(probes)
  const answers = probes.size === 0 ? [] : await host.ask(packets.map(({ question }) => question))
  const parsed = new Map<string, unknown>()
  packets.forEach((packet, index) => {
    const answer = answers[index]
    if (answer === undefined) throw new Error('a transport must answer every question')
    packet.split(answer).forEach((one, item) => {
      const key = packet.keys[item] ?? ''
      parsed.set(key, probes.get(key)?.parse(one))
    })
  })
  return {
    values: [...parsed.values()],
    of: <P extends Probes>(record: P) =>
      // Each member was parsed by its own probe above, which is what StateOf says.
      Object.fromEntries(Object.entries(record).map(([name, probe]) => [name, parsed.get(keyOf(probe))])) as StateOf<P>,
  }
}
