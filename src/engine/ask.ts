import type { Answer } from '../core/command.js'
import type { Family, Probe, Probes, StateOf } from '../core/probe.js'
import type { ShellQuestion, Transport } from '../transport/transport.js'

/** The answers to all probes that were asked, without doubles. */
export interface State {
  readonly values: readonly unknown[]
  /** What the host said, by question. */
  readonly answers: ReadonlyMap<string, Answer>
  /** The state of one step or handler: each of its probes with its answer. */
  of<P extends Probes>(probes: P): StateOf<P>
}

/** What a question is known by: the same one, asked twice, is one. */
export const keyOf = ({ ask, as }: Probe<unknown>): string =>
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

const withoutDoubles = (records: readonly Probes[]): ReadonlyMap<string, Probe<unknown>> =>
  new Map(records.flatMap((record) => Object.values(record)).map((probe) => [keyOf(probe), probe]))

/** Whether all of these probes were asked. */
export const knows = ({ answers }: State, records: readonly Probes[]): boolean =>
  records.every((record) => Object.values(record).every((probe) => answers.has(keyOf(probe))))

/** What the answers to these probes say, those that there are. */
export const stateOf = (records: readonly Probes[], answers: ReadonlyMap<string, Answer>): State => {
  const probes = withoutDoubles(records)
  const parsed = new Map([...answers].map(([key, answer]) => [key, probes.get(key)?.parse(answer)]))
  return {
    values: [...parsed.values()],
    answers,
    of: <P extends Probes>(record: P) =>
      // Each member was parsed by its own probe above, which is what StateOf says.
      Object.fromEntries(Object.entries(record).map(([name, probe]) => [name, parsed.get(keyOf(probe))])) as StateOf<P>,
  }
}

/** What is asked for all probes of these records, each question once, and what the answers say. */
export const inquiryOf = (records: readonly Probes[]) => {
  const packets = pack(withoutDoubles(records))
  return {
    questions: packets.map(({ question }) => question),
    stateBy: (answers: readonly Answer[]): State => {
      const known = packets.flatMap((packet, index) => {
        const answer = answers[index]
        if (answer === undefined) throw new Error('a transport must answer every question')
        return packet.split(answer).map((one, item) => [packet.keys[item] ?? '', one] as const)
      })
      return stateOf(records, new Map(known))
    },
  }
}

/** Asks all probes of all the given records in one round trip. */
export const askProbes = async (host: Pick<Transport, 'ask'>, records: readonly Probes[]): Promise<State> => {
  const { questions, stateBy } = inquiryOf(records)
  return stateBy(questions.length === 0 ? [] : await host.ask(questions))
}
