import { first, isHealthy } from './facts.js'
import type { Rule } from './rule.js'

/** What the application itself does wrong. */
export const applicationRules: readonly Rule[] = [
  {
    id: 'no-application',
    severity: 'error',
    texts: [/does not contain WSGI\s+application/],
    cause: 'the module does not hold the object that "wsgi" names',
    remedy: 'set "wsgi" to module:object or module:factory(), then apply',
    total: true,
  },
  {
    id: 'module-missing',
    severity: 'error',
    texts: [/ModuleNotFoundError: No module named '([^']+)'/],
    cause: 'a Python module is missing',
    remedy: 'add it to the requirements, or check the folder in "code"; then apply',
    repair: 'apply',
    total: true,
    symptomOf: ['python-home', 'python-mismatch', 'code-missing', 'home-unusable'],
  },
  {
    id: 'syntax-error',
    severity: 'error',
    texts: [/(IndentationError|TabError|SyntaxError)/],
    state: ({ scripts }) => first(scripts, ({ path, syntax }) => (syntax === null ? undefined : `${path}: ${syntax}`)),
    cause: 'the code has a syntax error for this Python',
    remedy: 'the host runs Python 3.6: newer syntax does not work there; apply writes scripts of ours again',
    repair: 'apply',
    total: true,
  },
  {
    id: 'app-run',
    severity: 'error',
    texts: [
      /SystemExit exception raised when doing exec of Python script file/,
      /SystemExit exception raised by WSGI script/,
      /\* Serving Flask app/,
      /\* Running on http:\/\//,
    ],
    cause: 'the application starts a server of its own, or ends, while it is imported',
    remedy: "put app.run() below if __name__ == '__main__':, and call sys.exit() nowhere in a module",
    total: true,
  },
  {
    id: 'ascii',
    severity: 'error',
    texts: [
      /'ascii' codec can't (en|de)code/,
      /codec can't encode .*surrogates not allowed/,
      /Click will abort further execution because Python 3 was configured to use ASCII/,
      /Unsupported locale setting/,
    ],
    cause: 'Python takes texts and file names for ASCII, because the locale of the daemon is C or is not there',
    remedy: 'set "lang" and "locale" of the process group to C.UTF-8, which every Ubuntu has; then apply',
    repair: 'apply',
  },
  {
    id: 'session-keys',
    severity: 'warning',
    state: ({ settings: { randomKey }, groups }) => {
      const many = groups.find(({ declared }) => declared > 1)
      return randomKey === null || many === undefined
        ? undefined
        : `${randomKey}; process group ${many.name} has ${many.declared} processes`
    },
    cause: 'each process makes a SECRET_KEY of its own, so that people are logged out at random',
    remedy: 'give SECRET_KEY in "settings", as a secret',
  },
  {
    id: 'cookie-secure',
    severity: 'note',
    state: ({ settings: { secureCookie }, answer: { url } }) =>
      secureCookie && !url.startsWith('https:') ? `SESSION_COOKIE_SECURE is set, and the site is ${url}` : undefined,
    cause:
      'browsers send the session cookie over HTTPS only: logins work only where something before Apache speaks TLS',
    remedy: 'nothing, where a proxy does; else set "tls", or take SESSION_COOKIE_SECURE out of "settings"',
  },
  {
    id: 'exception',
    severity: 'error',
    texts: [/(\w+Error): (.+)$/],
    cause: 'the application raised an error',
    remedy: 'the traceback in the log shows where',
    total: true,
    symptomOf: [
      ...[
        'sqlite-readonly',
        'sqlite-unopened',
        'python-home',
        'python-mismatch',
        'settings-unreadable',
        'code-missing',
      ],
      ...['script-unreadable', 'module-missing', 'syntax-error', 'ascii', 'disk-full', 'disk-read-only'],
      ...['sqlite-locked', 'home-unusable', 'account-missing'],
    ],
  },
  {
    id: 'request-failed',
    severity: 'warning',
    texts: [/Exception on \S+ \[[A-Z]+\]/],
    cause: 'the application answered a request with an error that nothing in it has caught',
    remedy: 'the traceback in the log shows where',
    symptomOf: [
      'sqlite-readonly',
      'sqlite-unopened',
      'sqlite-locked',
      'ascii',
      'disk-full',
      'exception',
      'module-missing',
    ],
  },
]

/** When nothing else is known: it does not answer. */
export const silence: Rule = {
  id: 'not-answering',
  severity: 'error',
  state: (host) => {
    if (isHealthy(host)) return undefined
    const { url, status, problem } = host.answer
    const mount = host.mounts.find((one) => one.status === 0 || one.status >= 500)
    if (host.answer.good) return mount === undefined ? undefined : `GET ${mount.path}: status ${mount.status}`
    const answered = `status ${status}${problem === '' ? '' : `, but ${problem}`}`
    return `GET ${url}: ${status === 0 ? problem : answered}`
  },
  cause: 'the site does not answer as "check" expects, and nothing that is known explains it',
  remedy: 'look at the error log of the site; "check" says what counts as an answer: path, statuses, body, within',
}
