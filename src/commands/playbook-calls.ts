type Call = (...args: readonly unknown[]) => unknown

const isCall = (value: unknown): value is Call => typeof value === 'function'

/** What is written as `{...}`; a secret, bytes or an error is left as it is. */
const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

const explained = (value: unknown, explain: (error: unknown) => unknown): unknown => {
  if (isCall(value)) {
    return function (this: unknown, ...args: readonly unknown[]): unknown {
      try {
        return explained(Reflect.apply(value, this, args), explain)
      } catch (error) {
        throw explain(error)
      }
    }
  }
  if (Array.isArray(value)) return value.map((item: unknown) => explained(item, explain))
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, explained(item, explain)]))
}

/** The same phases, whose functions throw what `explain` makes of an error: they are called much later, by the engine. */
export const explaining = <T>(value: T, explain: (error: unknown) => unknown): T =>
  // every function in it is replaced by one that takes and gives the same
  explained(value, explain) as T
