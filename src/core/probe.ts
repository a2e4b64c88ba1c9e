import type { Answer, RunAs } from './command.js'

/**
 * Questions of one world that travel together: one process on the host answers all items of a family.
 * `sh` is the script that asks them all; `split` takes its answer apart, one answer an item, in the same order.
 */
export interface Family {
  readonly name: string
  sh(items: readonly string[]): string
  split(answer: Answer, items: readonly string[]): readonly Answer[]
}

/** A script of its own, or an item that a family answers together with others. */
export type Question = { readonly sh: string } | { readonly family: Family; readonly item: string }

/**
 * A question about the host, as data: all probes of a playbook travel in one script. A probe answers on a pristine
 * host too: absence is a value that `parse` returns, never an error.
 */
export interface Probe<out T> {
  readonly ask: Question
  readonly as: RunAs
  parse(answer: Answer): T
}

/** The questions of one step, by name. */
export type Probes = Readonly<Record<string, Probe<unknown>>>

/** The answers to them, by the same names. */
export type StateOf<P extends Probes> = { readonly [K in keyof P]: P[K] extends Probe<infer T> ? T : never }
