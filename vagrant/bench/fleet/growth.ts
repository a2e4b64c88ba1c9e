import { say } from '../../cache.js'
import { median } from '../figures.js'
import { metered, RunFailed, type Metered } from '../metered.js'
import { fleetApply, onFleet } from './ground.js'

const sizes = [1, 10, 100, 1_000] as const

/** What one run took that found nothing to do on so many hosts: medians. */
export interface FleetSize extends Omit<Metered, 'printed'> {
  readonly hosts: number
}

export async function growFleet(rounds: number, folder: string): Promise<readonly FleetSize[]> {
  const measured: FleetSize[] = []
  for (const hosts of sizes) {
    measured.push(await atSize(hosts, rounds, folder))
    say(`a fleet of ${hosts}: ${measured.at(-1)?.seconds.toFixed(1)} s`)
  }
  return measured
}

async function atSize(hosts: number, rounds: number, folder: string): Promise<FleetSize> {
  return await onFleet(hosts, { kind: 'recorded' }, folder, async (ground) => {
    const runs: Metered[] = []
    while (runs.length < rounds) {
      const run = await metered(fleetApply(ground, '--quiet'), folder)
      if (/\b(changed|failed|not begun)\b/.test(run.printed)) {
        throw new RunFailed(`a fleet of ${hosts} was not as it should be:\n${run.printed}`)
      }
      runs.push(run)
    }
    const of = (what: 'seconds' | 'cpu' | 'peak'): number => median(runs.map((run) => run[what]))
    return { hosts, seconds: of('seconds'), cpu: of('cpu'), peak: of('peak') }
  })
}
