import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DeployError } from '../errors.js'
import type { Git } from './git.js'
import { parseListing, type Limits, type Listed } from './listing.js'
import { lineOf } from './read-back.js'
import { isCommit, type Resolved } from './resolve-ref.js'
import { writeFiles } from './write-files.js'

export interface Brought extends Resolved {
  readonly subfolder?: string | undefined
  readonly limits: Limits
}

const here = 'refs/deploy-flask/wanted'

/**
 * Fetches one commit and nothing before it, never more than its files may be, and writes its files into `folder`: `code`, and `listing`, which says what
 * must be there. There is no work tree and no checkout: what is written are the bytes that git has.
 */
export const bringCommit = async (git: Git, brought: Brought, folder: string): Promise<void> => {
  const { commit, wanted, subfolder, limits } = brought
  const repository = join(folder, 'repository')
  const inside = [`--git-dir=${repository}`]
  const format = commit.length === 64 ? ['--object-format=sha256'] : []
  await git.run(['init', '--quiet', '--bare', '--template=', ...format, '--', repository], { seconds: 60 })
  const depth = ['--depth=1', '--no-tags', '--no-recurse-submodules', '--quiet']
  await git.run([...inside, 'fetch', ...depth, '--', git.url, `+${wanted}:${here}`], {
    seconds: 600,
    into: { folder: repository, bytes: limits.bytes },
  })

  const fetched = await nameOf(git, inside, `${here}^{commit}`)
  if (fetched !== commit) throw moved(git, brought, fetched)
  const top = subfolder === undefined ? commit : await nameOf(git, inside, `${commit}:${subfolder}`)
  const tree = await nameOf(git, inside, `${top}^{tree}`)
  if (tree === undefined) throw folderMissing(git, subfolder ?? '')

  const listing = await git.run([...inside, 'ls-tree', '-r', '-z', '-l', '--full-tree', tree], { seconds: 120 })
  const entries = parseListing(listing, git.url, limits)
  const files = entries.filter(({ kind }) => kind !== 'submodule')
  const code = join(folder, 'code')
  await mkdir(code, { mode: 0o700 })
  await git.run([...inside, 'cat-file', '--batch'], {
    seconds: 600,
    input: files.map(({ id }) => `${id}\n`).join(''),
    take: (stdout) => writeFiles(code, files, stdout),
  })
  await writeFile(join(folder, 'listing'), linesOf(entries), { encoding: 'latin1', mode: 0o600 })
  await rm(repository, { recursive: true })
}

/** A name may hold a newline, but no NUL. */
const linesOf = (entries: readonly Listed[]): string => entries.map((entry) => `${lineOf(entry)}\0`).join('')

/** The hash of what an expression of ours means; undefined when there is no such thing. */
const nameOf = async (git: Git, inside: readonly string[], expression: string): Promise<string | undefined> => {
  const asked = ['cat-file', '--batch-check=%(objectname)']
  const answer = (await git.run([...inside, ...asked], { seconds: 60, input: `${expression}\n` })).trim()
  return isCommit(answer) ? answer : undefined
}

const moved = (git: Git, { commit, ref }: Brought, fetched: string | undefined): DeployError =>
  new DeployError('GIT_REF_MISSING', {
    what: fetched === undefined ? `${ref} is no commit` : `${ref} was moved from ${commit} to ${fetched} meanwhile`,
    where: git.url,
    remedy: fetched === undefined ? 'name a branch, a tag or a commit as code.ref' : 'run the same command again',
  })

const folderMissing = (git: Git, subfolder: string): DeployError =>
  new DeployError('PROJECT_UNREADABLE', {
    what: `there is no folder ${subfolder} in the commit`,
    where: git.url,
    remedy: 'check code.subfolder and code.ref in the flags file',
  })
