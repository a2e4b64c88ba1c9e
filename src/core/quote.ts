/** One argument for a POSIX shell. What is safe as it stands stays readable; everything else goes into single quotes. */
export const quote = (argument: string): string => {
  if (argument.includes('\0')) throw new RangeError('a shell argument cannot hold a NUL character')
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`
}

export const quoteArgv = (argv: readonly string[]): string => argv.map(quote).join(' ')
