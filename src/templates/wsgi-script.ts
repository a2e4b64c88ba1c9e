import type { WsgiObject } from '../core/site.js'

export interface WsgiScript {
  readonly site: string
  /** Absolute path of the JSON file whose members become os.environ. */
  readonly settings: string
  /** Absolute path of the folder that holds the module. */
  readonly code: string
  readonly wsgi: WsgiObject
}

/** A Python string literal; the paths and names that reach this hold no character that JSON and Python write differently. */
const python = (text: string): string => JSON.stringify(text)

/**
 * The file that mod_wsgi runs: settings first, then the import. The line on stderr goes to the site's error log and
 * shows from within the daemon which process group, Python and venv it is.
 */
export const wsgiScript = ({ site, settings, code, wsgi }: WsgiScript): string => `\
# Managed by deploy-flask for the site ${site}: changes made here are replaced.
import json
import os
import sys

with open(${python(settings)}, encoding="utf-8") as opened:
    os.environ.update(json.load(opened))

sys.path.insert(0, ${python(code)})

from ${wsgi.module} import ${wsgi.object}${wsgi.factory ? '' : ' as application'}
${wsgi.factory ? `\napplication = ${wsgi.object}()\n` : ''}
from mod_wsgi import process_group
print("deploy-flask: process group %s, Python %s" % (process_group, sys.prefix), file=sys.stderr)
`
