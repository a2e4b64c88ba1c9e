import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createJiti, type TransformOptions } from 'jiti'
import { z } from 'zod'
import { visible } from '../core/sanitise.js'
import type { Phase } from '../core/playbook.js'
import type { Site } from '../core/site.js'
import { DeployError } from '../errors.js'
import { explaining } from './playbook-calls.js'
import { excerpt, placeOf, shownPlace, type Place } from './playbook-place.js'

/** A playbook of the user's. */
export interface OwnPlaybook {
  readonly name: string
  readonly summary: string
  /** Of the file and all that it loads from beside it. */
  readonly hash: string
  readonly phases: (site: Site) => readonly Phase[]
}

const isFunction = (value: unknown): value is (...args: readonly unknown[]) => unknown => typeof value === 'function'
const call = z.custom<(site: Site) => unknown>(isFunction, 'must be a function')

const playbookForm = z.object({ name: z.string().min(1), summary: z.string().min(1), phases: call })

const stepForm = z.looseObject({
  id: z.string().regex(/^[a-z][\w-]*\.[\w.-]+$/, 'must be WORLD.NAME, such as site.log-rotation'),
  title: z.string(),
  probes: z.record(z.string(), z.looseObject({ as: z.enum(['root', 'login']), parse: call })),
  plan: call,
})

const phasesForm = z.array(
  z.looseObject({
    title: z.string(),
    steps: z.array(stepForm),
    handlers: z.array(z.looseObject({ id: z.string(), title: z.string(), needed: call })).optional(),
  }),
  'must be a list of phases: phases() cannot be async',
)

const howTo = 'see examples/playbooks of the package: export default definePlaybook({ name, summary, phases })'

const invalid = (file: string, what: string, evidence?: string, place?: Place): DeployError =>
  new DeployError('PLAYBOOK_INVALID', {
    what: `the playbook ${what}`,
    where: place === undefined ? file : shownPlace(place),
    ...(evidence === undefined ? {} : { evidence }),
    remedy: howTo,
  })

const messageOf = (error: unknown): string => visible(error instanceof Error ? error.message : String(error))

const failed = (file: string, error: unknown, place: Place | undefined): DeployError =>
  new DeployError(
    'PLAYBOOK_FAILED',
    {
      what: `the playbook threw an error: ${messageOf(error)}`,
      where: place === undefined ? file : shownPlace(place),
      evidence: place === undefined ? messageOf(error) : excerpt(place, messageOf(error)),
      remedy: 'repair the playbook at that line; what the running phase had changed is taken back',
    },
    { cause: error },
  )

/** Words of the loader for a file that is no TypeScript, and where it stumbled. */
const syntaxError = /^ParseError: ([^\n]*?)\s*\n\s*(.+):(\d+):(\d+)\s*$/

const moduleMissing = /^Cannot find (?:module|package) '([^']+)'/

/** What kept a file from being loaded. */
const notLoaded = async (
  file: string,
  error: unknown,
  transformed: ReadonlyMap<string, string>,
): Promise<DeployError> => {
  if (error instanceof DeployError) return error
  const message = error instanceof Error ? error.message : String(error)
  const [, problem = '', at = '', line = '', column = ''] = syntaxError.exec(message) ?? []
  if (problem !== '') {
    const place = { file: at, line: Number(line), column: Number(column) + 1 }
    return invalid(file, 'cannot be read', excerpt(place, visible(problem)), place)
  }
  const [, name] = moduleMissing.exec(message) ?? []
  if (name !== undefined) {
    const place = await importOf(name, [...transformed.keys()])
    return invalid(file, `imports ${name}, which is not there`, place && excerpt(place, `there is no ${name}`), place)
  }
  return failed(file, error, placeOf(error, transformed))
}

/** Where a module is named in quotes, in the file that was loaded last. */
const importOf = async (name: string, files: readonly string[]): Promise<Place | undefined> => {
  for (const file of files.toReversed()) {
    const lines = (await readFile(file, 'utf8')).split('\n')
    const index = lines.findIndex((line) => line.includes(`'${name}'`) || line.includes(`"${name}"`))
    if (index >= 0) return { file, line: index + 1, column: (lines[index]?.search(/['"]/) ?? 0) + 1 }
  }
  return undefined
}

const issues = ({ issues: found }: z.ZodError): string =>
  found
    .slice(0, 5)
    .map(({ path, message }) => `${path.length === 0 ? 'it' : z.core.toDotPath(path)}: ${message}`)
    .join('\n')

const mustBeReadable = async (file: string): Promise<void> => {
  try {
    await readFile(file)
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : messageOf(cause)
    throw new DeployError(
      'PLAYBOOK_UNREADABLE',
      {
        what: reason === 'ENOENT' ? 'there is no such playbook' : `the playbook cannot be read (${reason})`,
        where: file,
        remedy: 'check the path that follows --playbook: it is relative to the folder in which the command runs',
      },
      { cause },
    )
  }
}

/** Loads a playbook from TypeScript; what it imports from `deploy-flask` is this very program. */
export const loadPlaybook = async (file: string): Promise<OwnPlaybook> => {
  await mustBeReadable(file)
  const transformed = new Map<string, string>()
  const hash = createHash('sha256')
  const compiler = createJiti(import.meta.url, { fsCache: false, interopDefault: false })
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    interopDefault: false,
    virtualModules: { 'deploy-flask': await import('../index.js') },
    transform: (options: TransformOptions) => {
      const code = compiler.transform(options)
      transformed.set(options.filename ?? '', code)
      hash.update(options.source)
      return { code }
    },
  })
  let exported: unknown
  try {
    exported = (await jiti.import<{ readonly default?: unknown }>(file)).default
  } catch (error) {
    throw await notLoaded(file, error, transformed)
  } finally {
    // loaded once more, it is read once more
    for (const loaded of transformed.keys()) Reflect.deleteProperty(jiti.cache, loaded)
  }
  if (exported === undefined) throw invalid(file, 'has no default export')
  const playbook = playbookForm.safeParse(exported)
  if (!playbook.success) throw invalid(file, 'is not what definePlaybook makes', issues(playbook.error))
  const { name, summary, phases } = playbook.data
  const explain = (error: unknown): unknown => {
    if (error instanceof DeployError) return error
    const place = placeOf(error, transformed)
    return place === undefined ? error : failed(file, error, place)
  }
  return {
    name,
    summary,
    hash: hash.digest('hex'),
    phases: (site) => checkedPhases(file, explaining(phases, explain)(site)),
  }
}

/** The engine knows steps by their ids. */
const checkedPhases = (file: string, made: unknown): readonly Phase[] => {
  const found = phasesForm.safeParse(made)
  if (!found.success) throw invalid(file, 'makes something else than phases', issues(found.error))
  const ids = found.data.flatMap(({ steps }) => steps.map(({ id }) => id))
  const twice = ids.find((id, index) => ids.indexOf(id) < index)
  if (twice !== undefined) throw invalid(file, `has two steps with the id ${visible(twice)}`)
  // checked above as far as data can be: what functions answer is their author's word
  return made as readonly Phase[]
}
