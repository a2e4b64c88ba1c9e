import { DeployError } from '../errors.js'
import { counted, type Finding } from './mistake.js'
import { isOnlyMore } from './overrides.js'
import { settingsTable } from './settings-table.js'

/** What nobody gave, as against what is wrong. */
export const isMissing = (value: unknown, { path }: Finding): boolean => {
  const [first, ...further] = path
  return further.length === 0 && typeof value === 'object' && value !== null && !Object.hasOwn(value, String(first))
}

/** `--code-folder or --code-path`: a group is given by one of its parts. */
const optionsFor = (key: string): string =>
  settingsTable()
    .filter((setting) => setting.path[0] === key && !isOnlyMore(setting.key))
    .map(({ option }) => `--${option}`)
    .join(' or ')

/** An application may be described in three ways, so the schema asks for none of them. */
export const applicationMissing = (value: unknown): readonly Finding[] => {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : []
  return ['wsgi', 'applications', 'directories'].some((key) => keys.includes(key))
    ? []
    : [{ path: ['wsgi'], message: 'The WSGI application: module:object or module:factory()' }]
}

/** Where nobody can be asked: all at once, with what to type. */
export const fieldsMissing = (findings: readonly Finding[]): DeployError =>
  new DeployError('FIELD_MISSING', {
    what: `${counted(findings.length, 'setting')} ${findings.length === 1 ? 'is' : 'are'} missing`,
    where: 'no flags file was given',
    evidence: findings
      .map(({ path: [key = ''], message }) => `${optionsFor(String(key))}: ${message.replace(/^is missing: /, '')}`)
      .join('\n'),
    remedy:
      'name a flags file (-f deploy-flask.yml), or give these options (or DEPLOY_FLASK_... variables), ' +
      'or run `deploy-flask` on a terminal, which asks for them',
  })
