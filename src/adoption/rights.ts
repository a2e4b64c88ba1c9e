import type { Written } from './apache-parse.js'

/** What holds for scripts wherever it stands. */
export const ofScripts = [
  ...['wsgiprocessgroup', 'wsgiapplicationgroup', 'wsgipassauthorization', 'wsgichunkedrequest'],
  ...['wsgicallableobject'],
]

const saidBy = ({ args }: Written): string => args.join(' ').toLowerCase()

/** Everybody is let in; of the directives of Apache 2.2 those that say so together. */
export const isOpen = (node: Written): boolean => {
  switch (node.name.toLowerCase()) {
    case 'require':
      return saidBy(node) === 'all granted'
    case 'allow':
      return saidBy(node) === 'from all'
    case 'order':
    case 'satisfy':
      return true
    default:
      return false
  }
}

/** `Order allow,deny` lets nobody in unless somebody is named. */
export const isClosed = (nodes: readonly Written[]): boolean =>
  nodes.some((node) => node.name.toLowerCase() === 'order' && /^allow\s*,\s*deny$/.test(saidBy(node))) &&
  !nodes.some((node) => node.name.toLowerCase() === 'allow')

const guards =
  /^(require|deny|allow|auth.*|satisfy|order|limit(except)?|require(all|any|none)|ssl(verifyclient|require|requiressl)|sec[a-z]+|include(optional)?)$/

/** What keeps people out, or may. */
export const isGuard = (node: Written): boolean => {
  const name = node.name.toLowerCase()
  if (isOpen(node)) return false
  if (name === 'rewriterule') return /\[[^\]]*\b(f|forbidden|g|gone)\b[^\]]*\]/i.test(node.text)
  if (name === 'redirectmatch' || name === 'redirect') return /^4\d\d$/.test(node.args[0] ?? '')
  return guards.test(name)
}

/** The same of everything in a section. */
export const guardsInside = (node: Written): boolean =>
  isClosed(node.inside ?? []) || (node.inside ?? []).some((inner) => isGuard(inner) || guardsInside(inner))

/** What is done anyway. */
export const isNeedless = (node: Written): boolean => {
  switch (node.name.toLowerCase()) {
    case 'allowoverride':
      return saidBy(node) === 'none'
    case 'wsgiscriptreloading':
      return saidBy(node) === 'on'
    case 'namevirtualhost':
      return true
    default:
      return false
  }
}
