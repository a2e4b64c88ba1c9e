import type { EnvironVariable, RewriteMap, When } from '../core/httpd.js'
import { directive, type Argument, type Node } from './apache.js'

const setEnvIf = (name: string, attribute: string, matches: string, value: string, because: string): Node =>
  directive('SetEnvIf', [attribute, matches, `${name}=${value}`], because)

const rule = (name: string, value: string, because: string): Node =>
  directive('RewriteRule', ['^', { as: '-' }, { as: `[E=${name}:${value}]` }], because)

/** mod_rewrite reads a pattern as it is written, in quotes as well; without them a backslash would end the line. */
const pattern = (matches: string): Argument => ({ as: matches.endsWith('\\') ? `"${matches}"` : matches })

/**
 * SetEnv comes last of all and would hide what a rule has set, so a default that may change is set with SetEnvIf, which
 * comes first (httpd: mod_env, SetEnv).
 */
const conditional = (
  { name, from }: EnvironVariable,
  { otherwise, when }: { readonly otherwise?: string; readonly when: readonly When[] },
): readonly Node[] => [
  ...(otherwise === undefined
    ? []
    : [setEnvIf(name, 'Remote_Addr', '^', otherwise, `${from}.default: the value when nothing matches`)]),
  ...when.flatMap((one, index): readonly Node[] => {
    const because = `${from}.when.${index}: the value of requests that match`
    return 'attribute' in one
      ? [setEnvIf(name, one.attribute, one.matches, one.value, because)]
      : [directive('RewriteCond', [{ as: one.test }, pattern(one.matches)], because), rule(name, one.value, because)]
  }),
]

const variable = (it: EnvironVariable): readonly Node[] => {
  const { name, value, from } = it
  switch (value.kind) {
    case 'fixed':
      return [directive('SetEnv', [name, value.text], `${from}: the application finds it in its WSGI environment`)]
    case 'conditional':
      return conditional(it, value)
    case 'map':
      // without a default a miss would be the empty string, which as a process group is embedded mode
      return [rule(name, `\${${value.map}:${value.key}|${value.otherwise}}`, `${from}: looked up in rewrite-maps`)]
  }
}

const isRewriting = ({ value }: EnvironVariable): boolean =>
  value.kind === 'map' || (value.kind === 'conditional' && value.when.some((one) => 'test' in one))

export const usesRewrite = (variables: readonly EnvironVariable[]): boolean => variables.some(isRewriting)

export const rewriteEngine = (because: string): Node =>
  directive('RewriteEngine', ['On'], `${because}: needs mod_rewrite`)

export const rewriteMaps = (maps: readonly RewriteMap[]): readonly Node[] =>
  maps.map(({ name, type, path, from }) =>
    directive('RewriteMap', [name, `${type}:${path}`], `${from}: the file that is looked up`),
  )

export const environ = (variables: readonly EnvironVariable[]): readonly Node[] => variables.flatMap(variable)
