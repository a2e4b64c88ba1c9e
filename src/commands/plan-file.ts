import { lstat, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { writeWhole } from '../config/whole-file.js'
import { DeployError } from '../errors.js'
import { safeJson } from '../core/sanitise.js'

const format = 'deploy-flask plan'

const schema = z.object({
  format: z.literal(format),
  version: z.literal(1),
  time: z.iso.datetime(),
  flagsFile: z.string().startsWith('/').optional(),
  /** Of the user's own. */
  playbook: z.string().startsWith('/').optional(),
  inputs: z.object({
    flagsFile: z.string(),
    code: z.string(),
    requirements: z.string(),
    playbook: z.string().optional(),
  }),
  /** Where the code comes from a repository: the commit that is applied, wherever its branch is by then. */
  origin: z.object({ git: z.string(), ref: z.string(), commit: z.string().regex(/^[0-9a-f]{40,64}$/) }).optional(),
  /** What options and environment variables said: no secrets, which they can only refer to. */
  overrides: z.array(
    z.object({ path: z.array(z.union([z.string(), z.number()])), value: z.unknown(), origin: z.string() }),
  ),
  machineId: z.string(),
  stateHash: z.string(),
  plan: z.looseObject({ phases: z.array(z.unknown()) }),
})

/** A plan that was looked at, and what it was made from: the file is the approval. */
export type PlanFile = z.output<typeof schema>

const invalid = (file: string, what: string, cause?: unknown): DeployError =>
  new DeployError(
    'PLAN_FILE_INVALID',
    { what, where: file, remedy: 'make it anew with `deploy-flask plan -f FILE --out PLANFILE`' },
    { cause },
  )

export const readPlanFile = async (file: string): Promise<PlanFile> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw invalid(
      file,
      `the plan file cannot be read: ${String(cause instanceof Error ? cause.message : cause)}`,
      cause,
    )
  }
  const found = schema.safeParse(parse(text))
  if (!found.success) {
    const [issue] = found.error.issues
    const place = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')}: ${issue.message})`
    throw invalid(file, `this is not a plan file of this version of deploy-flask${place}`)
  }
  return found.data
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const unwritable = (what: string, remedy: string, file: string): DeployError =>
  new DeployError('OUTPUT_UNWRITABLE', { what, where: `--out ${file}`, remedy })

/** Asked before connecting: nobody's file is replaced by a plan, except by an older plan. */
export const checkPlanFilePlace = async (file: string): Promise<void> => {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unwritable(`the plan file cannot be written: ${error.message}`, 'name a file in a folder of yours', file)
  })
  if (found === undefined) {
    const folder = await lstat(dirname(file)).catch(() => undefined)
    if (folder === undefined) throw unwritable('there is no such folder', 'make it, or name another', file)
    return
  }
  const old = found.isFile() ? parse(await readFile(file, 'utf8').catch(() => '')) : undefined
  if (!z.object({ format: z.literal(format) }).safeParse(old).success) {
    throw unwritable('there is something else than a plan file, which is not replaced', 'name another file', file)
  }
}

/** Readable for its owner only. */
export const writePlanFile = async (file: string, plan: Omit<PlanFile, 'format' | 'version'>): Promise<void> => {
  const text = `${safeJson({ format, version: 1, ...plan } satisfies PlanFile, 2)}\n`
  try {
    await writeWhole(file, text, { mode: 0o600, replace: true })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw unwritable(`the plan file cannot be written: ${reason}`, 'name a file in a folder of yours', file)
  }
}
