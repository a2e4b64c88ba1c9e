const plain = /^[\w@%+:,./-]+$/
const inexpressible = /\0|\p{Surrogate}/u

/**
 * One argument for a POSIX shell. Throws a RangeError for a NUL character or half a surrogate pair: neither can reach a
 * program unchanged, so values like that are refused where they are entered.
 */
export const quote = (argument: string): string => {
  if (inexpressible.test(argument)) {
    throw new RangeError(
      `an argument holds a NUL character or half a character: ${JSON.stringify(argument.slice(0, 200))}`,
    )
  }
  return plain.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}

export const quoteArgv = (argv: readonly string[]): string => argv.map(quote).join(' ')
