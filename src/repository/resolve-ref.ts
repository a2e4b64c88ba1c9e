import { DeployError } from '../errors.js'
import type { Git } from './git.js'

/** A commit, how people call it, and under which name the repository hands it out. */
export interface Resolved {
  readonly commit: string
  readonly ref: string
  readonly wanted: string
}

/** A whole hash, of either kind. */
export const isCommit = (ref: string): boolean => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)

const listed = async (git: Git, ...patterns: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const answer = await git.run(['ls-remote', '--symref', '--', git.url, ...patterns], { seconds: 60 })
  // `HASH\tNAME`, and of what is a link `ref: NAME\tHEAD`
  return new Map(
    answer.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
      const [first = '', name = ''] = line.split('\t')
      if (first.startsWith('ref: ')) return [[`ref: ${name}`, first.slice('ref: '.length)]]
      return isCommit(first) ? [[name, first]] : []
    }),
  )
}

/** What a branch or tag is at this moment; a commit is what it is, and nobody is asked. */
export const resolveRef = async (git: Git, ref: string | undefined): Promise<Resolved> => {
  if (ref === undefined) return resolveHead(git)
  if (isCommit(ref)) return { commit: ref, ref, wanted: ref }
  const names = ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`]
  // a tag with a text of its own stands there twice, the second time as what it is a tag of
  const found = await listed(git, ...names.map((name) => `${name}*`))
  const [first, ...more] = names.filter((name) => found.has(name))
  if (first === undefined) throw refMissing(git, ref)
  if (more.length > 0) throw refAmbiguous(git, ref)
  const commit = found.get(`${first}^{}`) ?? found.get(first)
  if (commit === undefined) throw refMissing(git, ref)
  return { commit, ref, wanted: first }
}

const resolveHead = async (git: Git): Promise<Resolved> => {
  const found = await listed(git, 'HEAD')
  const commit = found.get('HEAD')
  if (commit === undefined) throw refMissing(git, 'HEAD')
  return { commit, ref: (found.get('ref: HEAD') ?? 'HEAD').replace(/^refs\/heads\//, ''), wanted: 'HEAD' }
}

const refMissing = (git: Git, ref: string): DeployError =>
  new DeployError('GIT_REF_MISSING', {
    what: ref === 'HEAD' ? 'the repository is empty' : `the repository has no branch and no tag ${ref}`,
    where: git.url,
    remedy: /^[0-9a-f]{7,}$/.test(ref)
      ? 'write all digits of a commit: nobody can be asked for one by its first'
      : 'check code.ref: git ls-remote with the URL of code.git lists what there is',
  })

const refAmbiguous = (git: Git, ref: string): DeployError =>
  new DeployError('GIT_REF_MISSING', {
    what: `${ref} is a branch and a tag of the repository`,
    where: git.url,
    remedy: `say which is meant: refs/heads/${ref} or refs/tags/${ref}`,
  })
