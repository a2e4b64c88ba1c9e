import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Expected, Question } from '../../helpers/guidelines-request.js'
import { examples } from '../../helpers/flags.js'

export const guidelines = join(examples, 'guidelines')

export interface Request extends Question {
  readonly expect: Expected
}

/** What somebody sees who is logged in on the host. */
interface Look {
  readonly run: string
  readonly prints: string | RegExp
}

export interface Example {
  /** Below examples/guidelines. */
  readonly file: string
  /** What is on the host already: path in examples/guidelines/code -> path there. */
  readonly copies?: Readonly<Record<string, string>>
  /** Run on the host, as root, before the deployment. */
  readonly before?: string
  readonly requests: readonly Request[]
  /** Members that are the same in all of the JSON answers, and members that are another in each. */
  readonly same?: readonly string[]
  readonly different?: readonly string[]
  readonly looks?: readonly Look[]
  /** Applied once more at the end of all. */
  readonly again?: true
}

/** A request for a page of the probe application, which answers 200 and a JSON object that holds `json`. */
export const told = (
  path: string,
  json: Readonly<Record<string, unknown>>,
  question: Question = { path },
): Request => ({
  ...question,
  path,
  expect: { status: 200, json },
})

export const answered = (path: string, status: number, body?: string | RegExp): Request => ({
  path,
  expect: { status, ...(body === undefined ? {} : { body }) },
})

/** The flags files that there are. */
export const flagsFiles = (): readonly string[] =>
  readdirSync(guidelines, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
    .map((entry) => relative(guidelines, join(entry.parentPath, entry.name)))
    .sort()
