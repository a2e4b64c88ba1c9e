/** The last releases that run on Python 3.6, by what their metadata says (Requires-Python). */
const lastFor36: Readonly<Record<string, string>> = {
  alembic: '1.7.7',
  celery: '5.1.2',
  click: '8.0.4',
  cryptography: '40.0.2',
  django: '3.2.25',
  flask: '2.0.3',
  'flask-login': '0.5.0',
  'flask-sqlalchemy': '2.5.1',
  'flask-wtf': '1.0.1',
  gunicorn: '21.2.0',
  itsdangerous: '2.0.1',
  jinja2: '3.0.3',
  markupsafe: '2.0.1',
  marshmallow: '3.14.1',
  numpy: '1.19.5',
  pandas: '1.1.5',
  pillow: '8.4.0',
  'python-dotenv': '0.20.0',
  pyyaml: '6.0.1',
  redis: '4.3.6',
  requests: '2.27.1',
  sqlalchemy: '1.4.54',
  urllib3: '1.26.20',
  werkzeug: '2.0.3',
  wtforms: '3.0.0',
}

/** `1.10.0rc1` -> 1, 10, 0 */
const numbersOf = (version: string): readonly number[] =>
  (/^[0-9]+(\.[0-9]+)*/.exec(version)?.[0] ?? '').split('.').map(Number)

/** Like the function of a sort: below zero where the first is older. */
const compare = (one: string, other: string): number => {
  const [left, right] = [numbersOf(one), numbersOf(other)]
  const length = Math.max(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

interface Clause {
  readonly operator: string
  readonly version: string
}

const clausesOf = (specifier: string): readonly Clause[] =>
  [...specifier.matchAll(/(===|==|~=|!=|<=|>=|<|>)\s*([^\s,;]+)/g)].map(([, operator = '', version = '']) => ({
    operator,
    version,
  }))

/** The last release for Python 3.6, where a requirement asks for a newer one whatever else is installed. */
export const lastBefore = (requirement: string): string | undefined => {
  const [written = '', marker] = requirement.split(';')
  const name = (/^[A-Za-z0-9._-]+/.exec(written)?.[0] ?? '').toLowerCase().replace(/[-_.]+/g, '-')
  const last = Object.hasOwn(lastFor36, name) ? lastFor36[name] : undefined
  if (last === undefined || marker !== undefined) return undefined
  const asksMore = clausesOf(written).some(({ operator, version }) => {
    if (operator === '>') return compare(version, last) >= 0
    return ['==', '===', '~=', '>='].includes(operator) && compare(version, last) > 0
  })
  return asksMore ? last : undefined
}

const startsWith = (version: string, prefix: string): boolean => {
  const numbers = numbersOf(version)
  return numbersOf(prefix).every((part, index) => (numbers[index] ?? 0) === part)
}

const withoutLast = (version: string): string => numbersOf(version).slice(0, -1).join('.')

/** Whether `>=3.6,<4` allows a version such as 3.6.9. What is not understood forbids nothing. */
export const allowsPython = (specifier: string, version: string): boolean =>
  clausesOf(specifier).every(({ operator, version: wanted }) => {
    const difference = compare(version, wanted)
    switch (operator) {
      case '>=':
        return difference >= 0
      case '>':
        return difference > 0 && !startsWith(version, wanted)
      case '<=':
        return difference <= 0
      case '<':
        return difference < 0
      case '~=':
        return difference >= 0 && startsWith(version, withoutLast(wanted))
      case '!=':
        return wanted.endsWith('.*') ? !startsWith(version, wanted) : difference !== 0
      default:
        return wanted.endsWith('.*') ? startsWith(version, wanted) : difference === 0
    }
  })

/** Poetry's `^1.2` and `~1.2` as everybody else writes them; undefined where it cannot be said so. */
export const fromPoetry = (constraint: string): string | undefined => {
  const trimmed = constraint.trim()
  if (trimmed === '*' || trimmed === '') return ''
  if (trimmed.includes('|')) return undefined
  const parts = trimmed.split(/\s*,\s*|\s+(?=[<>=!~^])/).map((part) => {
    const [, operator = '', version = ''] = /^(\^|~(?!=)|)\s*([0-9][0-9A-Za-z.*+-]*)$/.exec(part) ?? []
    if (operator === '^')
      return `>=${version},<${nextAfter(
        version,
        numbersOf(version).findIndex((one) => one > 0),
      )}`
    if (operator === '~') return `>=${version},<${nextAfter(version, Math.min(1, numbersOf(version).length - 1))}`
    return version === '' ? part.replace(/\s+/g, '') : `==${version}`
  })
  return parts.join(',')
}

/** `1.2.3`, counted up at 0: `2.0` */
const nextAfter = (version: string, index: number): string => {
  const numbers = numbersOf(version)
  const at = index === -1 ? numbers.length - 1 : index
  const next = numbers.slice(0, at + 1).map((part, place) => (place === at ? part + 1 : part))
  return next.length === 1 ? `${next[0] ?? 0}.0` : next.join('.')
}
