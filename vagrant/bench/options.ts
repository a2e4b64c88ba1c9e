import { parseArgs } from 'node:util'
import { sideNames, type SideName } from './sides/side.js'

const parts = ['cold', 'noop', 'update', 'growth', 'fleet'] as const
export type Part = (typeof parts)[number]

export const usage = `Measures deploy-flask beside a bash script written by hand, Ansible and pyinfra, which do the same deployment.

  npm run bench                                 everything
  npm run bench -- --only noop --repetitions 3  a quick look

  --only PART,...    of ${parts.join(', ')} (default: all)
  --sides SIDE,...   of ${sideNames.join(', ')} (default: all)
  --repetitions N    runs of each side that find nothing to do, and that update the code (default: 9;
                     for what grows at most 3)
  --cold N           first deployments of each side (default: 3)
  --write            also write docs/performance.md

It ends with 1 when a target is missed.
`

export interface Options {
  readonly only: readonly Part[]
  readonly sides: readonly SideName[]
  readonly repetitions: number
  readonly cold: number
  readonly write: boolean
  readonly help: boolean
}

/** A command line that is not understood. For the command line: one message, exit code 2. */
export class UsageError extends Error {
  readonly exitCode = 2
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parsed(args)
  return {
    only: words('--only', parts, values.only),
    sides: words('--sides', sideNames, values.sides),
    repetitions: atLeastOne('--repetitions', values.repetitions),
    cold: atLeastOne('--cold', values.cold),
    write: values.write,
    help: values.help,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        sides: { type: 'string' },
        repetitions: { type: 'string', default: '9' },
        cold: { type: 'string', default: '3' },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

/** In the order of the table, whatever the order on the command line. */
function words<Word extends string>(option: string, all: readonly Word[], text: string | undefined): readonly Word[] {
  if (text === undefined) return all
  const asked = text.split(',')
  const unknown = asked.find((word) => !all.some((known) => known === word))
  if (unknown !== undefined) throw new UsageError(`${option}: expected some of ${all.join(', ')}; got "${unknown}"`)
  return all.filter((word) => asked.includes(word))
}

function atLeastOne(option: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`${option}: expected a number from 1 to 9999; got "${text}"`)
  return Number(text)
}
