import type { AccessRule, Authentication } from '../core/httpd.js'
import { directive, literally, section, type Node } from './apache.js'

const requirements = ({ from, addresses, users, deny }: AccessRule): readonly Node[] => {
  const logins = users === 'any' ? ['valid-user'] : users.length === 0 ? [] : ['user', ...users]
  return [
    ...(deny ? [directive('Require', ['all', 'denied'], `${from}.deny: nobody may`)] : []),
    ...(addresses.length === 0
      ? []
      : [directive('Require', ['ip', ...addresses], `${from}.addresses: clients from there may`)]),
    ...(logins.length === 0 ? [] : [directive('Require', logins, `${from}.users: these logins may`)]),
  ]
}

const login = ({ users }: AccessRule, authentication: Authentication | undefined): readonly Node[] =>
  users.length === 0 || authentication === undefined
    ? []
    : [
        directive('AuthType', ['Basic'], 'authentication: Apache asks for login and password'),
        directive('AuthName', [authentication.realm], 'authentication.realm: what the browser shows'),
        directive('AuthBasicProvider', ['file'], 'authentication: logins come from a file'),
        directive('AuthUserFile', [authentication.path], 'authentication: the file with the hashes of passwords'),
      ]

/**
 * AuthMerging And: only on top of what is granted otherwise. Without it a Require in a Location would replace those of
 * the folder, and open what is closed. Of folders it must stand in Files, which come after the sections that grant.
 */
const contents = (it: AccessRule, authentication: Authentication | undefined): readonly Node[] => {
  const { from, satisfy } = it
  const needed = requirements(it)
  const several =
    satisfy === 'all'
      ? section('RequireAll', [], `${from}.satisfy: all of these are needed`, needed)
      : section('RequireAny', [], `${from}.satisfy: one of these is enough`, needed)
  return [
    directive('AuthMerging', ['And'], `${from}: beside what is needed there anyway`),
    ...login(it, authentication),
    ...(needed.length < 2 ? needed : [several]),
  ]
}

/** `/admin/` is meant to protect `/admin`, which an application may answer, too. */
const withoutSlash = (url: string): string => (url === '/' ? url : url.replace(/\/$/, ''))

/**
 * What is rewritten to a script has the URL of the script from then on, and anybody can ask for that URL, too.
 * `scriptUrls`: of the scripts that get what no file answers.
 */
export const access = (
  rules: readonly AccessRule[],
  authentication: Authentication | undefined,
  scriptUrls: readonly string[],
): readonly Node[] =>
  rules.flatMap((rule) => {
    const { from, on } = rule
    const inside = contents(rule, authentication)
    if ('folder' in on) {
      const because = `${from}.folder: who may reach this folder and what is in it`
      const files = section('Files', ['*'], because, inside)
      return [section('DirectoryMatch', [`^${literally(on.folder)}(/|$)`], because, [files])]
    }
    const url = withoutSlash(on.url)
    const rewritten = url === '/' ? [] : scriptUrls.map((script) => `${script}${url}`)
    return [url, ...rewritten].map((one) =>
      section('Location', [one], `${from}.url: who may reach this URL and what is below it`, inside),
    )
  })
