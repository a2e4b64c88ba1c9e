import { DeployError } from '../errors.js'

/** What a run ended with. A stack is there for a bug of ours only: whoever meets a DeployError has no use for it. */
export interface Failure {
  readonly errors: readonly [DeployError, ...DeployError[]]
  readonly stack: string | undefined
}

const internal = (cause: unknown): DeployError =>
  new DeployError(
    'INTERNAL',
    {
      what: `unexpected: ${cause instanceof Error ? cause.message : String(cause)}`,
      remedy:
        'this is a bug of deploy-flask: please report it with the output of the same command with --verbose.\n' +
        'When changes had begun, `deploy-flask apply` looks at the host first and goes on from there.',
    },
    { cause },
  )

/** Several refusals travel together as an AggregateError, so that all of them are shown at once. */
export const failureOf = (thrown: unknown): Failure => {
  if (thrown instanceof DeployError) {
    return { errors: [thrown], stack: thrown.code === 'INTERNAL' ? thrown.stack : undefined }
  }
  if (thrown instanceof AggregateError) {
    const [first, ...others] = thrown.errors.filter((error) => error instanceof DeployError)
    if (first !== undefined && others.length + 1 === thrown.errors.length) {
      return { errors: [first, ...others], stack: undefined }
    }
  }
  return { errors: [internal(thrown)], stack: thrown instanceof Error ? (thrown.stack ?? thrown.message) : undefined }
}

export const refuse = (refusals: readonly DeployError[]): void => {
  const [first] = refusals
  if (first !== undefined) throw refusals.length === 1 ? first : new AggregateError(refusals, first.message)
}
