import { z } from 'zod'
import type { Answer, RunAs } from '../core/command.js'
import type { Family, Probe } from '../core/probe.js'
import { quote } from '../core/quote.js'
import { DeployError } from '../errors.js'
import { factsScript } from './facts-script.js'

/** What a host says of itself is somebody else's: no text and no list of it is longer than any honest one. */
export const text = z.string().max(8192)
export const list = <S extends z.ZodType>(of: S) => z.array(of).max(10_000)

const inexpressible = /\0|\p{Surrogate}/gu

/** No path and no argument can hold these; a name that is not UTF-8 comes with half characters. */
const expressible = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(inexpressible, '\ufffd') : value

const envelope = z.array(z.union([z.strictObject({ ok: z.unknown() }), z.strictObject({ error: z.string() })]))

const unreadable = (evidence: string): DeployError =>
  new DeployError('ANSWER_UNREADABLE', {
    what: 'the host answered a question in a way that cannot be understood',
    evidence,
    remedy: 'check that /usr/bin/python3 of the host is the distribution\'s own: python3 -c "import json, pwd, grp"',
  })

const noPython = (evidence: string): DeployError =>
  new DeployError('HOST_UNFIT', {
    what: 'the host has no python3, which every Ubuntu 18.04 comes with',
    where: '/usr/bin/python3',
    evidence,
    remedy: 'bring it back: apt-get install --reinstall python3-minimal',
  })

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text, (_, value: unknown) => expressible(value))
  } catch {
    throw unreadable(text.slice(0, 500))
  }
}

/** All questions of this family are answered by one python3 on the host. */
export const facts: Family = {
  name: 'facts',
  sh: (items) => `python3 -I -S -c ${quote(factsScript)} ${quote(`[${items.join(',')}]`)}`,
  split(answer, items) {
    if (answer.exitCode === 127) throw noPython(answer.stderr)
    if (answer.exitCode !== 0) throw unreadable(`python3 ended with exit code ${answer.exitCode}`)
    const found = envelope.safeParse(readJson(answer.stdout))
    if (!found.success || found.data.length !== items.length) throw unreadable(answer.stdout.slice(0, 500))
    return found.data.map((one) =>
      'ok' in one
        ? { stdout: JSON.stringify(one.ok), stderr: '', exitCode: 0 }
        : { stdout: '', stderr: one.error, exitCode: 1 },
    )
  },
}

/** An answer in JSON, as what it must be. Throws ANSWER_UNREADABLE. */
export const readAs = <S extends z.ZodType>(name: string, schema: S, json: string): z.output<S> => {
  const read = schema.safeParse(readJson(json))
  if (!read.success) throw unreadable(`${name}: ${z.prettifyError(read.error)}`)
  return read.data
}

/** A question of the facts family: the name of a function in the facts script, its arguments, the form of its answer. */
export const fact = <S extends z.ZodType>(
  name: string,
  args: readonly unknown[],
  schema: S,
  as: RunAs = 'root',
): Probe<z.output<S>> => ({
  ask: { family: facts, item: JSON.stringify([name, args]) },
  as,
  parse: (answer: Answer) => {
    if (answer.exitCode !== 0) throw unreadable(`${name}(${JSON.stringify(args)}): ${answer.stderr}`)
    return readAs(name, schema, answer.stdout)
  },
})
