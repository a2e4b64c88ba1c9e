import { join } from 'node:path'
import type { Override } from '../../src/config/overrides.js'
import { fleetHosts, type Fleet } from '../../src/inventory/fleet-hosts.js'
import type { FleetHost } from '../../src/fleet/host.js'
import { folderWith, refusal, type Tree } from '../config/folders.js'

/** What every host of a fleet must have; a line is taken out by writing it otherwise behind it. */
export const site = `version: 1
site: shop
server-name: shop.example.com
code: { path: /srv/shop }
wsgi: shop:app
`

export interface Asked {
  readonly inventory?: string
  readonly limits?: readonly string[]
  readonly overrides?: readonly Override[]
}

const sourceOf = (tree: Tree, { inventory, ...asked }: Asked) => {
  const cwd = folderWith(tree)
  const file = 'deploy-flask.yml' in tree ? join(cwd, 'deploy-flask.yml') : undefined
  return {
    cwd,
    source: { file, cwd, env: { HOME: '/home/me' }, ...asked, ...(inventory === undefined ? {} : { inventory }) },
  }
}

/** The fleet of a folder of files, of which `deploy-flask.yml` is the flags file. */
export const fleetIn = (tree: Tree, asked: Asked = {}): Promise<Fleet> => fleetHosts(sourceOf(tree, asked).source)

/** Of an inventory beside a flags file that says what all hosts have. */
export const fleetOf = (name: string, text: string, asked: Asked = {}): Promise<Fleet> =>
  fleetIn({ 'deploy-flask.yml': `${site}inventory: ${name}\n`, [name.replace(/^[a-z_-]+:/, '')]: text }, asked)

/** Why there is none, with places relative to the folder. */
export const refusedIn = async (tree: Tree, asked: Asked = {}) => {
  const { cwd, source } = sourceOf(tree, asked)
  const { code, fault } = await refusal(() => fleetHosts(source))
  const lines = (fault.evidence ?? '').replaceAll(`${cwd}/`, '').split('\n')
  return { code, what: fault.what, lines, remedy: fault.remedy }
}

export const refusedOf = (name: string, text: string, asked: Asked = {}) =>
  refusedIn({ 'deploy-flask.yml': `${site}inventory: ${name}\n`, [name]: text }, asked)

/** What is particular to a host, as a mapping with dots. */
export const particular = ({ overrides }: FleetHost): Readonly<Record<string, unknown>> =>
  Object.fromEntries(overrides.map(({ path, value }) => [path.join('.'), value]))

/** All of them by their names. */
export const shown = ({ hosts }: Pick<Fleet, 'hosts'>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(hosts.map((host) => [host.name, { groups: host.groups, ...particular(host) }]))

export const namesOf = ({ hosts }: Pick<Fleet, 'hosts'>): readonly string[] => hosts.map(({ name }) => name)
