import { DeployError } from '../errors.js'

const plain = /^[\w@%+:,./-]+$/
const inexpressible = /\0|\p{Surrogate}/u

/** One argument for a POSIX shell. A NUL or half a surrogate pair cannot reach a program unchanged, so it is refused. */
export const quote = (argument: string): string => {
  if (inexpressible.test(argument)) {
    throw new DeployError('INTERNAL', {
      what: 'an argument holds a NUL character or half a character',
      evidence: JSON.stringify(argument.slice(0, 200)),
      remedy: 'report this: values like that must be refused where they are entered',
    })
  }
  return plain.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`
}

export const quoteArgv = (argv: readonly string[]): string => argv.map(quote).join(' ')
