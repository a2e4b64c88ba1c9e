import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { defineStep, type Step } from '../../core/step.js'
import { DeployError } from '../../errors.js'
import { fileAt, type Entry } from '../../probes/file.js'
import type { ExistingSite } from '../../core/httpd.js'
import { writeFile, restoreFile, type Access } from '../files.js'
import { notMounted } from '../mounts.js'

/** Optional: were our file missing, Apache would otherwise not start any more. */
export const includeLine = (include: string): string => `IncludeOptional ${include}`

/** A relative path begins at Apache's ServerRoot. */
const isWritten = (text: string, include: string): boolean =>
  text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some(
      ([name = '', path = '']) =>
        /^include(optional)?$/i.test(name) && posix.resolve('/etc/apache2', path.replace(/["']/g, '')) === include,
    )

/** Before the end of each virtual host of the file: one for HTTP and one for HTTPS serve the same. */
const withInclude = (text: string, include: string): string =>
  text.replace(/^([ \t]*)<\/VirtualHost>/gim, `$1    ${includeLine(include)}\n$&`)

/** The lines that `withInclude` has put in; what somebody has written otherwise is theirs. */
export const existingSiteWithout = (text: string, include: string): string => {
  const lines = text.split('\n')
  const isOurs = (line: string, next: string): boolean => {
    const [, indent] = /^([ \t]*)<\/VirtualHost>/i.exec(next) ?? []
    return indent !== undefined && line === `${indent}    ${includeLine(include)}`
  }
  return lines.filter((line, index) => !isOurs(line, lines[index + 1] ?? '')).join('\n')
}

const missing = ({ file }: ExistingSite, is: Entry | null): DeployError =>
  new DeployError('EXISTING_SITE_MISSING', {
    what:
      is === null
        ? `there is no site ${file} on the host to mount the application in`
        : `${file} is ${is.kind === 'file' ? 'too large' : `a ${is.kind}, not a file`}: it cannot be told what it includes`,
    where: file,
    remedy: 'set "existing-site.file" to the name of its file in /etc/apache2/sites-available',
  })

const notIncluded = ({ file }: ExistingSite, include: string): DeployError =>
  new DeployError('EXISTING_SITE_NOT_INCLUDED', {
    what: `${file} does not include the application yet, and it is not changed without being asked`,
    where: file,
    evidence: `missing inside its <VirtualHost>:\n    ${includeLine(include)}`,
    remedy: 'write that line there, which changes nothing yet, or set "existing-site.add-include: true"',
  })

const withoutHost = ({ file }: ExistingSite): DeployError =>
  new DeployError('EXISTING_SITE_NOT_INCLUDED', {
    what: `${file} has no <VirtualHost> to put the line into`,
    where: file,
    remedy: 'write the line where it belongs, and leave "existing-site.add-include" out',
  })

/** Written back, other bytes than ours would change, too. */
const isText = ({ content = '', sha256 }: Entry): boolean =>
  createHash('sha256').update(content).digest('hex') === sha256

const notText = ({ file }: ExistingSite, include: string): DeployError =>
  new DeployError('EXISTING_SITE_NOT_INCLUDED', {
    what: `${file} is not UTF-8: adding a line would change other characters of it`,
    where: file,
    evidence: `missing inside its <VirtualHost>:\n    ${includeLine(include)}`,
    remedy: 'write that line there yourself, which changes nothing yet',
  })

const accessOf = ({ owner, group, mode }: Entry): Access => ({ owner, group, mode })

/**
 * The virtual host of somebody else includes ours by one line (httpd: IncludeOptional); that line is all that is ever
 * changed in it.
 *
 * @param site its file in sites-available, and whether the line may be written into it
 * @param include absolute path of the file to include
 * Refuses with EXISTING_SITE_MISSING where the file is not there, and with EXISTING_SITE_NOT_INCLUDED where it lacks the
 * line and may not, or cannot, be given it.
 */
export const existingSite = (site: ExistingSite, include: string): Step =>
  defineStep({
    id: 'apache.existing-site',
    why: 'one line in the file of the site that exists, and only when it was asked for',
    title: `${site.file} includes ${include}`,
    probes: { file: fileAt(site.file) },
    refuse: ({ file }) => {
      if (file?.content === undefined) return [missing(site, file)]
      if (isWritten(file.content, include)) return []
      if (!site.addInclude) return [notIncluded(site, include)]
      if (!isText(file)) return [notText(site, include)]
      return withInclude(file.content, include) === file.content ? [withoutHost(site)] : []
    },
    plan: ({ file }) => {
      if (file?.content === undefined || isWritten(file.content, include)) return []
      const after = withInclude(file.content, include)
      return [
        {
          kind: 'update',
          subject: `file ${site.file}`,
          diff: { before: file.content, after },
          ...notMounted(site.file, file),
          run: [writeFile(site.file, after, accessOf(file))],
          undo: [restoreFile(site.file, file)],
        },
      ]
    },
    triggers: ['apache.reload'],
  })
