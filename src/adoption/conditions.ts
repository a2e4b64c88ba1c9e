import type { Written } from './apache-parse.js'

/** Whether a condition holds where this tool is used; undefined: nobody can say that here. */
export const holds = ({ name, args }: Written): boolean | undefined => {
  const [first = '', second = ''] = args
  if (name.toLowerCase() === 'ifmodule') {
    const isUsual =
      /^!?(mod_)?(wsgi|alias|authz_core|authz_host|dir|mime|env|setenvif|version|so|log_config)(\.c|_module)?$/
    return isUsual.test(first) ? !first.startsWith('!') : undefined
  }
  if (name.toLowerCase() !== 'ifversion') return undefined
  const [operator, version] = second === '' ? ['=', first] : [first, second]
  const minor = /^2\.(\d+)$/.exec(version)?.[1]
  if (minor === undefined) return undefined
  const against = Number(minor)
  switch (operator) {
    case '<':
      return 4 < against
    case '<=':
      return 4 < against
    case '>':
      return 4 >= against
    case '>=':
      return 4 >= against
    default:
      return undefined
  }
}
