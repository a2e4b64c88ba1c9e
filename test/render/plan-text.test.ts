import { expect, test } from 'vitest'
import { colours, plainText } from '../../src/render/colour.js'
import { planText } from '../../src/render/plan-text.js'
import { samplePlan } from './samples.js'

test('a plan names every step with its state, its changes, their reasons and their differences', () => {
  expect(planText(samplePlan, { colours: plainText })).toBe(`Packages
  = apt.index  Package index  already so
  ~ apt.packages  Packages of Apache and Python
      + create package apache2
      > run dpkg --configure -a (a package is half installed)

Apache
  ? python.wsgi-load  wsgi.load
      unknown until python.mod-wsgi: mod_wsgi names its own file
  ~ site.vhost  Virtual host of notes
      ~ update file /etc/apache2/sites-available/notes.conf
          @@ -1,2 +1,2 @@
           Listen 80
          -ServerName a
          +ServerName b
  + site.settings  Settings of notes
      + create file /etc/deploy-flask/notes/settings.json
          @@ -0,0 +1,1 @@
          +SECRET_KEY=[secret]
  - site.old  Old releases
      - remove folder /srv/notes/releases/1
  then: reload Apache (its configuration changes)

Plan: 2 to create, 1 to update, 1 to remove, 1 to run, 1 unknown, 1 already so
`)
})

test('commands are shown on request, quoted as a shell would need it, with the prompt of who runs them', () => {
  const text = planText(samplePlan, { colours: plainText, commands: true })
  expect(text).toContain("          # mv -T '/tmp/a b' /etc/apache2/sites-available/notes.conf\n")
  expect(text).toContain('          # write /etc/deploy-flask/notes/settings.json\n')
  expect(text).not.toContain('umask')
})

test('with colour, signs and lines of a difference are painted', () => {
  const text = planText(samplePlan, { colours: colours(true) })
  expect(text).toContain('  \u001b[32m+\u001b[39m \u001b[1msite.settings\u001b[22m  Settings of notes\n')
  expect(text).toContain('          \u001b[31m-ServerName a\u001b[39m\n')
  expect(text).toContain('          \u001b[32m+ServerName b\u001b[39m\n')
})

test('a secret is in no form of the plan', () => {
  expect(planText(samplePlan, { colours: plainText, commands: true })).not.toContain('hunter2')
})

test('a name that would repaint the terminal is shown instead of obeyed', () => {
  const text = planText(
    {
      phases: [
        {
          title: 'Site',
          steps: [
            {
              id: 'site.a',
              title: 'x',
              state: 'change',
              changes: [{ kind: 'remove', subject: 'file \u001b[2J\u202egnp', run: [] }],
            },
          ],
          handlers: [],
        },
      ],
    },
    { colours: plainText },
  )
  expect(text).toContain('      - remove file \\u001b[2J\\u202egnp\n')
})
