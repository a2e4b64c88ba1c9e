import { describe, expect, it } from 'vitest'
import { includeLine } from '../../../src/steps/apache/existing-site.js'
import { absent, aFolder, aLink, edited, rewritten, withContent } from '../edits.js'
import { siteFor, stateOf, stepCases, stepFor, type Given, type Shown } from '../harness.js'

const file = '/etc/apache2/sites-available/php.conf'
const include = '/etc/apache2/deploy-flask/wiki.conf'
const line = `IncludeOptional ${include}`

const changed = (...diff: readonly string[]): readonly Shown[] => [
  {
    kind: 'update',
    subject: `file ${file}`,
    diff,
    run: [`write ${file} (root:root 0644)`],
    undo: [`restore ${file}`],
  },
]
const added = changed(`+    ${line}`)

const unasked: Given = { of: 'wiki', flags: { 'existing-site': { file: 'php.conf' } } }
const written = (text: string) => ({ file: withContent(text) })

/** The host of the recording, before anything was mounted in it. */
const before: Given = { of: 'wiki', on: 'php' }

stepCases('apache.existing-site', {
  pristine: { of: 'wiki', refusals: ['EXISTING_SITE_MISSING'] },
  converged: { of: 'wiki' },
  'gets its one line before the end of the virtual host': { ...before, changes: added },
  'is refused without the line, unless that was asked for': {
    ...unasked,
    on: 'php',
    changes: added,
    refusals: ['EXISTING_SITE_NOT_INCLUDED'],
  },
  'that has the line is content without asking': { ...unasked },
  'that has the line with quotes, in another spelling, or as Include, is content': {
    ...before,
    answers: { file: rewritten((text) => text.replace('</V', `\tinclude "${include}"\n</V`)) },
  },
  'that has the line with a path that begins at the root of Apache is content': {
    ...before,
    answers: { file: rewritten((text) => text.replace('</V', `  IncludeOptional 'deploy-flask/wiki.conf'\n</V`)) },
  },
  'that has the line in a comment only gets it': {
    ...before,
    answers: { file: rewritten((text) => text.replace('</V', `  # ${line}\n  #${line}\n</V`)) },
    changes: added,
  },
  'that includes something that only begins alike gets the line': {
    ...before,
    answers: { file: rewritten((text) => text.replace('</V', `  ${line}.bak\n</V`)) },
    changes: added,
  },
  'gets the line in each virtual host of its file, in their own indentation': {
    ...before,
    answers: written(
      '<VirtualHost *:80>\n  ServerName a.test\n</VirtualHost>\n<IfModule mod_ssl.c>\n' +
        '\t<VirtualHost *:443>\n\tServerName a.test\n\t</virtualhost>\n</IfModule>\n',
    ),
    changes: changed(`+    ${line}`, `+\t    ${line}`),
  },
  'keeps owner, group and mode': {
    ...before,
    answers: { file: edited({ owner: 'joe', group: 'adm', mode: '0640' }) },
    changes: added.map((change) => ({ ...change, run: [`write ${file} (joe:adm 0640)`] })),
  },
  'without a virtual host cannot be given the line': {
    ...before,
    answers: written('ServerName a.test\n# </VirtualHost>\n'),
    changes: changed(),
    refusals: ['EXISTING_SITE_NOT_INCLUDED'],
  },
  'that is not there is refused': { ...before, answers: { file: absent }, refusals: ['EXISTING_SITE_MISSING'] },
  'that is a link is refused: what it leads to may be anybody else': {
    ...before,
    answers: { file: aLink('/home/joe/php.conf') },
    refusals: ['EXISTING_SITE_MISSING'],
  },
  'that is a folder is refused': { ...before, answers: { file: aFolder() }, refusals: ['EXISTING_SITE_MISSING'] },
})

describe('a refusal', () => {
  const refused = async (given: Given) => {
    const step = await stepFor('apache.existing-site', given)
    const [error] = step.refuse?.(stateOf(step.probes, given)) ?? []
    return error?.fault
  }

  it('shows the line that is missing, and both ways to get it', async () => {
    const fault = await refused({ ...unasked, on: 'php' })
    expect(fault).toMatchObject({ where: file, evidence: `missing inside its <VirtualHost>:\n    ${line}` })
    expect(fault?.remedy).toContain('existing-site.add-include: true')
    expect(includeLine(include)).toBe(line)
  })

  it('says what lies there instead of a file', async () => {
    expect((await refused({ ...before, answers: { file: absent } }))?.what).toContain('there is no site')
    expect((await refused({ ...before, answers: { file: aLink('/x') } }))?.what).toContain('is a link, not a file')
    const large = { file: edited({ content: undefined, size: 300_000 }) }
    expect((await refused({ ...before, answers: large }))?.what).toContain('is too large')
  })

  it('is what happens to bytes that are not UTF-8: written back, they would be others', async () => {
    const latin = Buffer.from('<VirtualHost *:80>\n  # gr\xfc\xdfe\n</VirtualHost>\n', 'latin1')
    const is = edited({ content: latin.toString('base64'), sha256: '0'.repeat(64), size: latin.length })
    expect((await refused({ ...before, answers: { file: is } }))?.what).toContain('is not UTF-8')
    const has = Buffer.concat([latin, Buffer.from(`${line}\n`)])
    const included = edited({ content: has.toString('base64'), sha256: '0'.repeat(64), size: has.length })
    expect(await refused({ ...before, answers: { file: included } })).toBeUndefined()
  })
})

it('a site without existing-site has no such step', async () => {
  expect((await siteFor({})).existingSite).toBeUndefined()
  await expect(stepFor('apache.existing-site', {})).rejects.toThrow('has no step')
})
