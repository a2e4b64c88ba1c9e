const secretName = /secret|passw|pass\b|pwd|token|key|dsn|credential|salt|environ|authorization|bearer/i

/** `'` or `"`, and what is between. */
const literals = /(["'])(?:\\.|(?!\1)[^\\])*\1/g

/** The name of a setting is no secret. */
const isName = /(environ\s*\[|setdefault\(|getenv\()\s*$/

const withoutPassword = (line: string): string => line.replace(/(:\/\/[^/\s:@]*:)[^@\s]+@/g, '$1***@')

/** A directive of Apache with a value of its own. */
const isDirective = /^\s*[A-Z][A-Za-z]+\s+[^=([\s]/

/** Directives whose words are names and paths, whatever they are called. */
const isPlain =
  /^\s*(WSGI|Server|Alias|ErrorLog|CustomLog|DocumentRoot|Require|Options|Include|ScriptAlias|SSLCertificate)/i

const withoutValue = (line: string): string => {
  if (isPlain.test(line)) return line
  const words = line.split(/(\s+)/)
  const at = words.findIndex((word) => secretName.test(word))
  return at < 0 || at === words.length - 1 ? line : `${words.slice(0, at + 1).join('')} ***`
}

/** What somebody has written by hand may hold secrets: of a line that looks like it, no value is shown. */
export const withoutSecrets = (text: string): string =>
  text
    .split('\n')
    .map((line) => {
      if (!secretName.test(line)) return withoutPassword(line)
      if (isDirective.test(line)) return withoutPassword(withoutValue(line))
      return line.replace(literals, (found, _quote: string, at: number) =>
        isName.test(line.slice(0, at)) ? found : '***',
      )
    })
    .join('\n')
