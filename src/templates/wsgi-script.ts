import type { GeneratedScript, WsgiObject } from '../core/applications.js'

/** What a script that mod_wsgi runs is rendered from. */
export interface WsgiScript {
  readonly site: string
  /** Absolute path of the JSON file whose members become os.environ; undefined where there are none. */
  readonly settings?: string
  /** Absolute path of the folder that holds the module. */
  readonly code: string
  /** Folder in it that modules are found in, too. */
  readonly moduleFolder?: string
  /** In embedded mode Python is the server's, so the packages of this venv are added by hand. */
  readonly embeddedVenv?: string
  /** Whether to say in the error log which process group, Python and venv it is. */
  readonly reports: boolean
  readonly script: GeneratedScript
}

/** A Python string literal; the paths and names that reach this hold no character that JSON and Python write differently. */
const python = (text: string): string => JSON.stringify(text)

const settings = (path: string): string => `
with open(${python(path)}, encoding="utf-8") as opened:
    os.environ.update(json.load(opened))
`

/**
 * site.addsitedir reads .pth files, as the venv's own Python would, but puts the venv behind the packages of the system
 * (mod_wsgi: Virtual Environments).
 */
const packages = (venv: string): string => `
known = set(sys.path)
site.addsitedir("${venv}/lib/python%d.%d/site-packages" % sys.version_info[:2])
sys.path.sort(key=known.__contains__)
`

const imported = ({ module, object }: WsgiObject, name: string): string =>
  `from ${module} import ${object}${object === name ? '' : ` as ${name}`}\n`

/** What the script itself needs after the import. */
const ownNames = ['posixpath', 'print', 'sys']

const fromModule = (wsgi: WsgiObject): string => {
  if (!wsgi.factory) return `\n${imported(wsgi, 'application')}`
  const factory = ownNames.includes(wsgi.object) ? 'factory' : wsgi.object
  return `\n${imported(wsgi, factory)}\napplication = ${factory}()\n`
}

const fromScript = ({ script, callable }: { readonly script: string; readonly callable: string }): string => `
names = {"__name__": "deploy_flask_script", "__file__": ${python(script)}}
with open(${python(script)}, "rb") as opened:
    exec(compile(opened.read(), ${python(script)}, "exec"), names)
application = names[${python(callable)}]
`

const wrapped = (wrapper: WsgiObject): string => `
${imported(wrapper, 'wrapper')}
application = wrapper${wrapper.factory ? '()' : ''}(application)
`

/** Every URL is rewritten to this script, whose name nobody is to see in the URLs that the application makes. */
const hidden = `
visible = application


def application(environ, start_response):
    environ["SCRIPT_NAME"] = posixpath.dirname(environ["SCRIPT_NAME"]).rstrip("/")
    return visible(environ, start_response)
`

const report = `
from mod_wsgi import process_group
print("deploy-flask: process group %s, Python %s" % (process_group, sys.prefix), file=sys.stderr)
`

/** The file that mod_wsgi runs: settings first, then the import, then what is put around the application. */
export const wsgiScript = (it: WsgiScript): string => {
  const { script } = it
  const modules = [
    ...(it.settings === undefined ? [] : ['json', 'os']),
    ...(script.hidesScriptName ? ['posixpath'] : []),
    ...(it.embeddedVenv === undefined ? [] : ['site']),
    'sys',
  ]
  return [
    `# Managed by deploy-flask for the site ${it.site}: changes made here are replaced.\n`,
    modules.map((module) => `import ${module}\n`).join(''),
    it.settings === undefined ? '' : settings(it.settings),
    it.embeddedVenv === undefined ? '' : packages(it.embeddedVenv),
    `\nsys.path.insert(0, ${python(it.code)})\n`,
    it.moduleFolder === undefined ? '' : `sys.path.insert(0, ${python(`${it.code}/${it.moduleFolder}`)})\n`,
    'module' in script.wsgi ? fromModule(script.wsgi) : fromScript(script.wsgi),
    script.wrapper === undefined ? '' : wrapped(script.wrapper),
    script.hidesScriptName ? hidden : '',
    it.reports ? report : '',
  ].join('')
}
