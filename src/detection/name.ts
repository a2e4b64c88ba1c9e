import { basename } from 'node:path'
import { siteName } from '../config/fields.js'

/** Names of modules that say nothing about what they are. */
const general =
  /^(app|application|autoapp|flask[_-]app|wsgi|main|run|manage|index|server|serve|start|web|webapp|src|site|api|backend|code|project|flask|config)$/

const formed = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 24)
    .replace(/-+$/, '')

/** The package of the application, or the folder that it lies in, as the name of a site. */
export const nameFor = (root: string, base: string, wsgi: string | undefined): string => {
  const [top = ''] = wsgi?.split(/[.:]/) ?? []
  const names = [general.test(top) ? '' : top, base === '.' ? '' : basename(base), basename(root), top]
  const fitting = names.map(formed).filter((name) => siteName.safeParse(name).success)
  return fitting.find((name) => !general.test(name)) ?? fitting[0] ?? 'site'
}
