import type { z } from 'zod'
import * as text from '../config/fields.js'
import { flagsFile } from '../config/schema.js'
import { isSecretSetting } from '../config/inline-secrets.js'
import type { Neighbours } from './neighbours.js'

type Check = (answer: string) => string | undefined

/** What the flags file would say against it. */
const against = (schema: z.ZodType, answer: string): string | undefined =>
  schema.safeParse(answer).error?.issues[0]?.message

const bySchema =
  (schema: z.ZodType): Check =>
  (answer) =>
    answer === '' ? 'is needed' : against(schema, answer)

const { shape } = flagsFile

export const host = bySchema(shape.host)
const siteForm = bySchema(shape.site)
const nameForm = bySchema(shape['server-name'])

/** The names are its own where a site of ours is deployed again. */
export const site =
  ({ files }: Pick<Neighbours, 'files'>): Check =>
  (answer) => {
    const form = siteForm(answer)
    if (form !== undefined) return form
    const foreign = files.find(({ name, isOurs }) => name === `${answer}.conf` && !isOurs)
    return foreign === undefined ? undefined : `/etc/apache2/sites-available/${foreign.name} belongs to another site`
  }

export const serverName =
  ({ names }: Pick<Neighbours, 'names'>, ownSite: string): Check =>
  (answer) => {
    const form = nameForm(answer)
    if (form !== undefined) return form
    const other = names.find(({ name, file }) => name === answer && !file.endsWith(`/${ownSite}.conf`))
    return other === undefined ? undefined : `${answer} is the name of another site of this host (${other.file})`
  }

export const settingText =
  (setting: string): Check =>
  (answer) =>
    isSecretSetting(setting, answer)
      ? 'is a secret, which must not be written: refer to it'
      : against(text.settingText, answer)

/** A variable of this computer. */
export const variableName = bySchema(text.environmentName)

export const localFile = bySchema(text.localPath)
