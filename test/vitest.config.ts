import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Those that take longest begin first: otherwise one worker is left alone with them at the end. */
const longest = [
  'acceptance/drift',
  'acceptance/guidelines',
  'acceptance/remove',
  'acceptance/steps',
  'acceptance/wizard',
  'acceptance/migrate',
  'acceptance/failures',
  'acceptance/operate',
  'acceptance/doctor',
  'faults/packages-pip',
  'faults/crash',
  'faults/apache',
  'faults/silence',
  'faults/line',
  'faults/concurrency',
  'faults/paths',
  'faults/client',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`))
      return at < 0 ? longest.length : at
    }
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}

/** They wait for real processes, on a machine that may be busy. What passes only then is told (helpers/second-tries). */
const retry = 1

export default defineConfig({
  root,
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/acceptance/**', 'test/faults/**'],
          testTimeout: 90_000,
          retry,
          // much of it waits for other programs
          maxWorkers: availableParallelism() + 1,
        },
      },
      {
        root,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 120_000,
          retry,
          hookTimeout: 300_000,
          // each file has an sshd and accounts of its own
          maxWorkers: 2,
        },
      },
      {
        root,
        test: {
          name: 'acceptance',
          include: ['test/acceptance/**/*.test.ts'],
          globalSetup: ['test/acceptance/prepare.ts'],
          testTimeout: 600_000,
          retry,
          hookTimeout: 1_200_000,
          // each file has guests of its own, which wait most of their time
          maxWorkers: 4,
        },
      },
      {
        root,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: ['test/faults/prepare.ts'],
          testTimeout: 600_000,
          retry,
          hookTimeout: 1_200_000,
          // most of their time they wait for something
          maxWorkers: 4,
        },
      },
    ],
  },
})
