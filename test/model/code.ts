/** The code that all flags files of the model test share, and what each of its files does. */
export const codeFolder = '/srv/model/code'

/** Somebody's home, for `user-directories`. */
const homeFolder = '/home/alice/public_html/wsgi'

/** The application tells who it is, where it was called and in which groups. */
const probe = `# ${codeFolder}/probe.py
import json


def application_of(name):
    def application(environ, start_response):
        def text(key):
            return environ.get(key, "").encode("latin-1").decode("utf-8", "replace")
        body = json.dumps({
            "application": name + environ.get("probe.wrapped", ""),
            "scriptName": text("SCRIPT_NAME"),
            "pathInfo": text("PATH_INFO"),
            "processGroup": environ["mod_wsgi.process_group"],
            "applicationGroup": environ["mod_wsgi.application_group"],
        }).encode("ascii")
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]
    return application


def wrap(inner):
    def wrapped(environ, start_response):
        environ["probe.wrapped"] = " wrapped"
        return inner(environ, start_response)
    return wrapped


app = application_of("probe:app")


def make():
    return application_of("probe:make()")
`

const script = (path: string, names: readonly string[]): string => `# ${path}
import sys
sys.path.insert(0, "${codeFolder}")
from probe import application_of
${names.map((name) => `${name} = application_of("${path}:${name}")\n`).join('')}`

const cgi = (path: string): string => `#!/usr/bin/python3
# ${path}
import json, os
print("Content-Type: application/json\\n")
print(json.dumps({"cgi": "${path}", "scriptName": os.environ["SCRIPT_NAME"], "pathInfo": os.environ.get("PATH_INFO", "")}))
`

/** Names of scripts, and of the applications in each. */
const scripts: Readonly<Record<string, readonly string[]>> = {
  'wiki.wsgi': ['application', 'other'],
  'blog.wsgi': ['application', 'other'],
  'app.wsgi': ['application', 'other'],
  'start.py': ['application', 'other'],
  'scripts/hello.wsgi': ['application', 'other'],
  'scripts/env.wsgi': ['application', 'other'],
  'scripts/app.wsgi': ['application', 'other'],
  'scripts/plain.py': ['application', 'other'],
  'scripts/sub/deep.wsgi': ['application', 'other'],
  'more/hello.wsgi': ['application', 'other'],
  'more/env.wsgi': ['application', 'other'],
  'apps/hello.py': ['application', 'other'],
  'mixed/hello.wsgi': ['application', 'other'],
  'mixed/app.wsgi': ['application', 'other'],
  'mixed/index.wsgi': ['application', 'other'],
  'mixed/helper.py': ['application', 'other'],
  'mixed/old.wsgi.bak': ['application', 'other'],
  'mixed/old.wsgi.html': ['application', 'other'],
  'mixed/Helper.PY': ['application', 'other'],
  'scripts/old.py~': ['application', 'other'],
  'mixed/sub/inner.wsgi': ['application', 'other'],
  'tools/hello.wsgi': ['application', 'other'],
  'tools/wiki.wsgi': ['application', 'other'],
  'tools/sub/hello.wsgi': ['application', 'other'],
  'site/site.wsgi': ['application', 'other'],
  'site/more.wsgi': ['application', 'other'],
  'public/left.wsgi': ['application', 'other'],
  [`${homeFolder}/hello.wsgi`]: ['application'],
}

const texts = [
  'mixed/page.html',
  'mixed/note.txt',
  'tools/page.html',
  'mixed/sub/leaf.txt',
  'mixed/assets/icon.svg',
  'mixed/assets/tool.wsgi',
  'scripts/readme.txt',
  'scripts/assets/icon.svg',
  'site/index.html',
  'site/page.html',
  'site/docs/index.html',
  'site/docs/guide.txt',
  'static/index.html',
  'static/style.css',
  'static/favicon.ico',
  'static/.hidden',
  'static/img/logo.svg',
  'static/styles/main.css',
  'static/styles/print.css',
  'public/terms.txt',
  'public/down/load.txt',
  'public/down/name with blank.txt',
]

const absolute = (path: string): string => (path.startsWith('/') ? path : `${codeFolder}/${path}`)

/** Path on the host -> content. Static files hold their own path, so that an answer tells which file it is. */
export const hostFiles: ReadonlyMap<string, string> = new Map([
  [absolute('probe.py'), probe],
  [absolute('pkg/__init__.py'), ''],
  [
    absolute('pkg/web.py'),
    `# ${absolute('pkg/web.py')}\nfrom probe import application_of\napp = application_of("pkg.web:app")\n`,
  ],
  [absolute('mixed/tool.cgi'), cgi(absolute('mixed/tool.cgi'))],
  ...Object.entries(scripts).map(([path, names]) => [absolute(path), script(absolute(path), names)] as const),
  ...texts.map((path) => [absolute(path), `# ${absolute(path)}\n`] as const),
])

/** Applications in each file, when it is run as a WSGI script; a file that is not Python has none to offer. */
export const applicationsIn: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(scripts).map(([path, names]) => [absolute(path), names]),
)

/** What every flags file of the model test begins with. */
export const base = (site: string): Readonly<Record<string, unknown>> => ({
  version: 1,
  host: 'model',
  site,
  'server-name': `${site}.model.test`,
  code: { path: codeFolder },
  requirements: false,
  user: 'www-data',
  daemon: { threads: 1 },
})
