'use strict'

const { enableCompileCache } = require('node:module')
const { join } = require('node:path')
const { ownFolder, CodeCache } = require('./code-cache.cjs')
const { load } = require('./load.cjs')

const folder = join(__dirname, '../../dist/cli')

const loaded = () => {
  // who debugs, or measures, wants what Node itself makes of the files
  if (process.env.NODE_DISABLE_COMPILE_CACHE !== undefined || process.sourceMapsEnabled) {
    return require(join(folder, 'cli.cjs'))
  }
  const own = ownFolder(process.env)
  // of what is not in the bundle, where Node has it (22.8)
  if (own !== undefined) enableCompileCache?.(join(own, 'node'))
  const cache = new CodeCache(own, folder)
  const cli = load(folder, 'cli.cjs', cache)
  process.once('exit', () => cache.keep())
  return cli
}

const start = () => {
  try {
    return loaded()
  } catch (error) {
    process.stderr.write(
      `error INSTALLATION_BROKEN: deploy-flask cannot be loaded: ${error.message}\n` +
        'what to do: install it again; in a checkout: npm run build\n',
    )
    process.exit(70)
  }
}

start().run()
