import type { UserDirectories } from '../core/applications.js'
import { directive, section, type Node } from './apache.js'
import { granted, whichProcesses } from './vhost-applications.js'

const person = '[a-z_][a-z0-9_-]*'

/** URLs of the scripts of people: not to be rewritten to anything else. */
export const userUrls = `^/~${person}/`

/** The scripts of one person share an interpreter, named after the person (Configuration Guidelines: Defining Application Groups). */
export const userRules = (): readonly Node[] => {
  const because = 'user-directories: the scripts of one person share an interpreter of that name'
  return [
    directive('RewriteCond', [{ as: '%{REQUEST_URI}' }, { as: `^/~(${person})/` }], because),
    directive('RewriteRule', ['^', { as: '-' }, { as: '[E=APPLICATION_GROUP:~%1]' }], because),
  ]
}

export const userAliases = ({ folder }: UserDirectories): readonly Node[] => [
  directive(
    'AliasMatch',
    [`^/~(${person})/(.*)$`, `/home/$1/${folder}/$2`],
    'user-directories: /~USER/ leads to this folder of the person',
  ),
]

export const userSections = ({ folder, processGroup }: UserDirectories): readonly Node[] => {
  const because = 'user-directories: every file in it is a WSGI script'
  return [
    section('Directory', [`/home/*/${folder}`], because, [
      directive('Options', ['ExecCGI'], because),
      directive('AllowOverride', ['None'], 'user-directories: no .htaccess file is read'),
      directive('SetHandler', ['wsgi-script'], because),
      directive('WSGIProcessGroup', [{ as: processGroup }], `daemon.name, site: ${whichProcesses(processGroup)}`),
      directive(
        'WSGIApplicationGroup',
        [{ as: '%{ENV:APPLICATION_GROUP}' }],
        'user-directories: in the interpreter of the person',
      ),
      granted('user-directories: open to every client'),
    ]),
  ]
}
