import { z } from 'zod'
import { hostAddress } from '../config/fields.js'
import type { JsonSchema } from '../config/json-schema.js'
import { flagsFile } from '../config/schema.js'
import { hostName } from './names.js'

const names = z.array(z.string())
const settings = flagsFile.partial().omit({ version: true, host: true })

const host = settings
  .extend({
    host: hostAddress.optional().meta({ description: 'Address or alias of ssh_config; default: its name' }),
    groups: names.optional().meta({ description: 'Groups that it is in' }),
  })
  .meta({ id: 'host', description: 'What is particular to a host: any setting of the flags file, and its groups' })

const group = settings
  .extend({ members: names.optional().meta({ description: 'Hosts and groups; ranges such as web[01:20]' }) })
  .meta({ id: 'group', description: 'Members, and any setting of the flags file for all of them' })

const listed = z.union([z.string(), host.extend({ name: hostName }).meta({ id: 'listed-host' })])

const hosts = z.union([z.array(listed), z.record(z.string(), host.nullable())]).meta({
  description: 'Hosts of a fleet: a list of names, or a mapping of names to settings; ranges such as web[01:20]',
})

const groups = z.record(z.string(), z.union([names, group, z.null()])).meta({
  description: 'Groups of hosts: a list of members, or a mapping with `members` and settings; `all` is every host',
})

const inventoryFile = z.strictObject({ version: z.literal(1), hosts, groups: groups.optional() }).meta({
  title: 'deploy-flask inventory',
  description: 'The hosts of a fleet, and what is particular to each',
})

const fleetFlagsFile = flagsFile
  .extend({
    host: flagsFile.shape.host.optional(),
    hosts: hosts.optional(),
    groups: groups.optional(),
    inventory: z.string().min(1).optional().meta({
      description:
        'Instead of hosts: path of an inventory of ours or of Ansible, or an ssh_config, relative to this file',
    }),
  })
  .meta({
    title: 'deploy-flask flags file',
    description: 'Everything deploy-flask needs to put one Flask site on its hosts',
  })

/** For editors, as the flags file's own; see docs/how-to/inventory.md. */
export const inventoryJsonSchema = (): JsonSchema => z.toJSONSchema(inventoryFile, { io: 'input', target: 'draft-7' })

/** Of a flags file, with what it may say of a fleet. */
export const editorJsonSchema = (): JsonSchema => ({
  ...z.toJSONSchema(fleetFlagsFile, { io: 'input', target: 'draft-7' }),
  required: ['version'],
  // what one host must have, each host of a fleet may have of its own
  oneOf: [{ required: ['host', 'site', 'server-name', 'code'] }, { required: ['hosts'] }, { required: ['inventory'] }],
})
