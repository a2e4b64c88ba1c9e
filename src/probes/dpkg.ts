import type { Answer } from '../core/command.js'
import type { Family, Probe } from '../core/probe.js'
import { quote, quoteArgv } from '../core/quote.js'
import { DeployError } from '../errors.js'

const FORMAT = '${Package}\\t${db:Status-Status}\\t${Version}\\n'

/** deb-version(7) */
const isVersion = /^[0-9A-Za-z.+~:-]{1,256}$/

/** Stands for every package whose installation was begun and not finished. */
const UNFINISHED = '*'

const UNFINISHED_STATUS = '(unpacked|half-|triggers-)'
const isUnfinished = new RegExp(`^${UNFINISHED_STATUS}`)

/** A name as grep -P takes it. */
const literally = (name: string): string => name.replaceAll(/[^A-Za-z0-9-]/g, String.raw`\$&`)

/** Without names dpkg-query tells of all packages, which are many more than are asked for. */
const query = (names: readonly string[]): string => {
  if (!names.includes(UNFINISHED)) return `dpkg-query -W -f='${FORMAT}' ${quoteArgv(names)} || :`
  const wanted = names.filter((name) => name !== UNFINISHED).map((name) => `^${literally(name)}\\t`)
  const pattern = [...wanted, `\\t${UNFINISHED_STATUS}`].join('|')
  return `dpkg-query -W -f='${FORMAT}' | grep -P ${quote(pattern)} || :`
}

const answerFor = (name: string, rows: readonly (readonly string[])[]): string => {
  if (name !== UNFINISHED) return rows.find(([found, status]) => found === name && status === 'installed')?.[2] ?? ''
  return rows
    .filter(([, status = '']) => isUnfinished.test(status))
    .map((row) => row.join('\t'))
    .join('\n')
}

/** One dpkg-query for all packages. A package that dpkg has never heard of is simply not in its answer. */
const dpkg: Family = {
  name: 'dpkg',
  sh: query,
  split(answer, names) {
    const rows = answer.stdout.split('\n').map((row) => row.split('\t'))
    return names.map((name) => ({ stdout: answerFor(name, rows), stderr: '', exitCode: answer.exitCode }))
  },
}

/**
 * Installed version of a package; undefined unless it is fully installed (a removed package with files left is not).
 *
 * @param name of the package, as dpkg-query(1) prints it
 */
export const packageVersion = (name: string): Probe<string | undefined> => ({
  ask: { family: dpkg, item: name },
  as: 'root',
  parse: ({ stdout }: Answer) => {
    if (stdout === '') return undefined
    if (isVersion.test(stdout)) return stdout
    throw new DeployError('ANSWER_UNREADABLE', {
      what: `dpkg of the host gives a version of ${name} that is none`,
      evidence: stdout.slice(0, 500),
      remedy: `look at what "dpkg-query -W ${name}" prints on the host`,
    })
  },
})

/**
 * As `packageVersion`, of several, by their names.
 *
 * @param names of packages
 */
export const packageVersions = <const Names extends readonly string[]>(
  names: Names,
): { readonly [Name in Names[number]]: Probe<string | undefined> } => {
  const probes: Record<string, Probe<string | undefined>> = {}
  for (const name of names) probes[name] = packageVersion(name)
  // Built from exactly these names.
  return probes as { readonly [Name in Names[number]]: Probe<string | undefined> }
}

/**
 * Packages whose installation was begun and not finished, whoever began it: `foo (half-configured), bar (unpacked)`;
 * undefined when there are none.
 *
 * @param except names that are not told
 */
export const unfinishedPackages = (except: readonly string[]): Probe<string | undefined> => ({
  ask: { family: dpkg, item: UNFINISHED },
  as: 'root',
  parse: ({ stdout }) => {
    const rows = stdout.split('\n').map((row) => row.split('\t'))
    const found = rows.flatMap(([name = '', status]) =>
      status === undefined || except.includes(name) ? [] : [`${name} (${status})`],
    )
    return found.length === 0 ? undefined : found.slice(0, 5).join(', ').slice(0, 500)
  },
})
