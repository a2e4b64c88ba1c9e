import { z } from 'zod'
import * as text from './fields.js'
import * as apache from './fields-apache.js'
import { urlPattern } from './url-pattern.js'

/** What holds for one application; the same keys at the top of the file hold for all of them. */
export const behaviour = {
  'application-group': apache.applicationGroup.optional().meta({
    description:
      'Sub-interpreter (WSGIApplicationGroup); default: %{GLOBAL} for the first application of a process group, ' +
      '%{RESOURCE}, one for each script, for the others',
  }),
  'pass-authorization': z.boolean().optional().meta({
    description: 'Hand the Authorization header to the application (WSGIPassAuthorization)',
  }),
  'chunked-requests': z.boolean().optional().meta({
    description: 'Accept requests without Content-Length (WSGIChunkedRequest); otherwise they are answered with 411',
  }),
  preload: z.boolean().optional().meta({
    description: 'Load the application when its process starts, not at the first request',
  }),
}

const ownGroup = {
  'process-group': apache.processGroup.optional().meta({
    description: 'Process group (WSGIProcessGroup); default: the one of `daemon`',
  }),
}

export const wrapper = text.wsgiObject.meta({
  description:
    'Function `module:function` that is given the application and returns the one to serve (WSGI middleware)',
})

export const maxBody = z.int().min(0).max(2_147_483_647)

const staticValue = z.union(
  [
    apache.codeOrHostPath,
    z.strictObject({
      path: apache.codeOrHostPath.meta({ description: 'Folder or file, inside the code or on the host' }),
      'max-age': z
        .int()
        .min(0)
        .max(31_536_000)
        .optional()
        .meta({ description: 'How long browsers may keep it (seconds)' }),
      headers: z
        .record(apache.headerName, apache.headerValue)
        .default({})
        .meta({ description: 'Headers that Apache sets' }),
    }),
  ],
  { error: 'must be a path, or a mapping with path, max-age and headers' },
)

export const staticFiles = z.record(apache.staticUrl, staticValue).default({}).meta({
  description:
    'URL -> folder (URL with a slash at both ends) or file, inside the code or on the host, served by Apache itself',
})

export const staticPatterns = z
  .array(
    z.strictObject({
      match: urlPattern.meta({ description: 'Pattern of URLs, anchored: ^/([^/]+\\.css)$' }),
      file: apache.patternTarget.meta({ description: 'File inside the code or on the host; $1 is the first group' }),
    }),
  )
  .default([])
  .meta({ description: 'Files served by Apache itself whose URLs match a pattern (AliasMatch)' })

const application = z
  .strictObject({
    mount: z
      .union([apache.mount, apache.folderUrl], {
        error:
          'must be "/" or a URL path such as /wiki without a slash at the end; with "scripts", a prefix with a slash at both ends: /wsgi/',
      })
      .optional()
      .meta({ description: 'Where it is mounted (WSGIScriptAlias): /wiki; with `scripts` a prefix: /wsgi/' }),
    match: urlPattern.optional().meta({
      description: 'Instead of `mount`: a pattern of URLs (WSGIScriptAliasMatch), for `script` with $1',
    }),
    wsgi: text.wsgiObject.optional().meta({ description: '`module:object` or `module:factory()`' }),
    script: z
      .union([apache.codeOrHostPath, apache.patternTarget], {
        error: 'must be a path inside the code or on the host: blog.wsgi; with `match` it may hold $1',
      })
      .optional()
      .meta({ description: 'Instead of `wsgi`: a WSGI script of your own, inside the code or on the host' }),
    scripts: apache.codeOrHostPath.optional().meta({
      description: 'Instead of `wsgi`: a folder of WSGI scripts, the next part of the URL names the script',
    }),
    callable: apache.callable.optional().meta({
      description: 'Name of the application in `script` or `scripts` (WSGICallableObject); default: application',
    }),
    wrapper: wrapper.optional(),
    ...ownGroup,
    ...behaviour,
    'max-body': maxBody.optional().meta({ description: 'Largest request body in bytes below this mount' }),
    static: staticFiles,
  })
  .meta({ description: 'A WSGI application beside the one in `wsgi`' })

export const applications = z
  .array(application)
  .default([])
  .meta({ description: 'Further applications; the most specific is asked first, whatever the order here' })

const handlers = z
  .record(apache.extension, z.enum(['wsgi-script', 'cgi-script']))
  .optional()
  .meta({ description: 'File name extension -> handler (AddHandler); other files are served as they are' })

const fallback = z
  .strictObject({
    script: apache.fileName.optional().meta({ description: 'Script in the folder: site.wsgi' }),
    wsgi: text.wsgiObject
      .optional()
      .meta({ description: 'Instead of `script`: `module:object` or `module:factory()`' }),
    'hide-script-name': z.boolean().default(true).meta({
      description: 'Let the application believe that it is mounted where the folder is, not below the script',
    }),
  })
  .meta({ description: 'Every URL that is no file is answered by this script (mod_rewrite)' })

const directory = z
  .strictObject({
    url: apache.folderUrl.meta({ description: 'URL prefix (Alias): /wsgi/; "/" makes it the DocumentRoot' }),
    folder: apache.codeOrHostPath.meta({ description: 'Folder inside the code or on the host' }),
    handler: z.literal('wsgi-script').optional().meta({
      description: 'Every file in it is a WSGI script (SetHandler)',
    }),
    handlers,
    multiviews: z.boolean().default(false).meta({ description: 'Let URLs leave out the extension' }),
    indexes: z.boolean().default(false).meta({ description: 'List the folder' }),
    'directory-index': z.array(apache.fileName).default([]).meta({
      description:
        'Files that answer for the folder itself (DirectoryIndex); a script among them serves that one URL only',
    }),
    htaccess: z
      .array(z.enum(['AuthConfig', 'FileInfo', 'Indexes', 'Limit']))
      .default([])
      .meta({
        description: 'What .htaccess files in it may set (AllowOverride); Indexes is needed for DirectoryIndex',
      }),
    fallback: fallback.optional(),
    callable: apache.callable.optional().meta({ description: 'Name of the application in the scripts' }),
    ...ownGroup,
    ...behaviour,
  })
  .meta({ description: 'A folder of scripts and files, each by its extension (Alias, SetHandler, AddHandler)' })

export const directories = z
  .array(directory)
  .default([])
  .meta({ description: 'Folders in which Apache finds WSGI scripts, CGI scripts and files itself' })

export type ApplicationFields = z.output<typeof application>
export type DirectoryFields = z.output<typeof directory>
