import type { FlagsFile } from './schema.js'

/** Where the layout of that name has its modules. */
const folder = 'src'

/** `shop` of `shop.web:create_app()`, of everything that is imported from the code. */
const importedFrom = (flags: FlagsFile): readonly string[] =>
  [
    flags.wsgi,
    flags.wrapper,
    ...flags.applications.flatMap(({ wsgi, wrapper }) => [wsgi, wrapper]),
    ...flags.directories.map(({ fallback }) => fallback?.wsgi),
  ].flatMap((object) => (object === undefined ? [] : [object.split(/[.:]/)[0] ?? '']))

const isIn = (above: string, module: string, files: ReadonlySet<string>): boolean =>
  files.has(`${above}${module}.py`) || [...files].some((file) => file.startsWith(`${above}${module}/`))

/**
 * Code that was made to be installed has its modules below src/; it is sent as it is, and they are imported from there.
 *
 * @param files of the code
 */
export const moduleFolderOf = (flags: FlagsFile, files: ReadonlySet<string>): { readonly moduleFolder?: string } =>
  importedFrom(flags).some((module) => !isIn('', module, files) && isIn(`${folder}/`, module, files))
    ? { moduleFolder: folder }
    : {}
