'use strict'

const { readFileSync } = require('node:fs')
const { createRequire } = require('node:module')
const { join } = require('node:path')
const { Script } = require('node:vm')

/** As Node wraps a CommonJS module. */
const wrapped = (source) => `(function (exports, require, module, __filename, __dirname) {${source}\n})`

/**
 * Requires the program, a bundle of chunks that require each other by `./NAME`, as Node would do it, but with the code that
 * V8 has made of them in a run before.
 */
const load = (folder, main, cache) => {
  const modules = new Map()
  const requireOutside = createRequire(join(folder, main))

  const requireIn = (id) => {
    if (!id.startsWith('./')) return requireOutside(id)
    const chunk = id.slice(2)
    const known = modules.get(chunk)
    if (known !== undefined) return known.exports
    const module = { exports: {} }
    modules.set(chunk, module)
    const path = join(folder, chunk)
    const source = wrapped(readFileSync(path, 'utf8'))
    const cachedData = cache.codeOf(chunk, source)
    const script = new Script(source, { filename: path, cachedData })
    cache.take(chunk, source, script, cachedData !== undefined && script.cachedDataRejected === false)
    script.runInThisContext().call(module.exports, module.exports, requireIn, module, path, folder)
    return module.exports
  }
  return requireIn(`./${main}`)
}

module.exports = { load }
