'use strict'

const fs = require('node:fs')
const { homedir } = require('node:os')
const { isAbsolute, join } = require('node:path')
const { crc32 } = require('node:zlib')

/** One for each installation, and each version of Node; the oldest go. */
const mostFiles = 4
const nameOfFile = /^code-[0-9a-f]+\.bin$/
const largest = 32 * 1024 * 1024

/** As src/config/user-folders.ts has it, which is not loaded yet. */
const cacheFolder = ({ XDG_CACHE_HOME: given, HOME: home }) =>
  join(given !== undefined && isAbsolute(given) ? given : join(home ?? homedir(), '.cache'), 'deploy-flask')

/** What lies there runs with our rights: it must be nobody else's, and nobody else may be able to write to it. */
const isOurs = ({ uid, mode }) => uid === process.getuid?.() && (mode & 0o022) === 0

/** The folder, where there is one that nobody else can write to. */
const ownFolder = (env) => {
  const folder = cacheFolder(env)
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    return isOurs(fs.lstatSync(folder)) ? folder : undefined
  } catch {
    return undefined
  }
}

const nothing = { entries: {}, codeOf: () => undefined }

/** `SIZE OF THE HEAD`, the head as JSON (where the code of each chunk lies), the codes. */
const open = (path) => {
  try {
    const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK)
    const found = fs.fstatSync(file)
    if (!found.isFile() || !isOurs(found) || found.size > largest) return nothing
    const read = (at, length) => {
      const bytes = Buffer.alloc(length)
      fs.readSync(file, bytes, 0, length, at)
      return bytes
    }
    const size = read(0, 4).readUInt32LE()
    if (size > found.size) return nothing
    const entries = JSON.parse(read(4, size).toString())
    return { entries, codeOf: ({ at, length }) => read(4 + size + at, length) }
  } catch {
    return nothing
  }
}

/**
 * What V8 has made of the chunks of the program, kept from one run to the next: compiling them takes longer than anything
 * else in a run that finds nothing to do. V8 refuses by itself what another version of it has made, or with other flags.
 * A cache that cannot be read, or written, is none.
 */
class CodeCache {
  #folder
  #path
  #kept
  #made = new Map()
  #isNew = false

  /** `folder`: undefined where nothing can be kept. */
  constructor(folder, program) {
    this.#folder = folder
    const key = crc32([program, process.version, process.arch].join('\n')).toString(16)
    this.#path = join(this.#folder ?? '', `code-${key}.bin`)
    this.#kept = this.#folder === undefined ? nothing : open(this.#path)
  }

  /** The code for a chunk as it is now. */
  codeOf(chunk, source) {
    const entry = this.#kept.entries[chunk]
    if (entry === undefined || entry.source !== crc32(source)) return undefined
    const code = this.#kept.codeOf(entry)
    return crc32(code) === entry.code ? code : undefined
  }

  /** `script`: what was made of the chunk in this run. */
  take(chunk, source, script, isKept) {
    this.#made.set(chunk, { source: crc32(source), script })
    this.#isNew ||= !isKept
  }

  /** In the end, when V8 knows which functions are called. */
  keep() {
    if (!this.#isNew || this.#folder === undefined) return
    try {
      const temporary = `${this.#path}.${process.pid}.tmp`
      const file = fs.openSync(temporary, 'wx', 0o600)
      try {
        fs.writeFileSync(file, this.#packed())
        fs.renameSync(temporary, this.#path)
      } catch {
        fs.rmSync(temporary, { force: true })
      }
      this.#tidyUp()
    } catch {
      // the next run compiles what it needs, as this one did
    }
  }

  #packed() {
    const entries = {}
    const codes = []
    let at = 0
    const add = (chunk, source, code) => {
      entries[chunk] = { source, code: crc32(code), at, length: code.length }
      codes.push(code)
      at += code.length
    }
    for (const [chunk, { source, script }] of this.#made) add(chunk, source, script.createCachedData())
    // the chunks of other commands
    for (const [chunk, entry] of Object.entries(this.#kept.entries)) {
      if (!this.#made.has(chunk)) add(chunk, entry.source, this.#kept.codeOf(entry))
    }
    const head = Buffer.from(JSON.stringify(entries))
    const size = Buffer.alloc(4)
    size.writeUInt32LE(head.length)
    return Buffer.concat([size, head, ...codes])
  }

  #tidyUp() {
    const files = fs.readdirSync(this.#folder).filter((name) => nameOfFile.test(name))
    const paths = files.map((name) => join(this.#folder, name))
    const age = new Map(paths.map((path) => [path, fs.lstatSync(path).mtimeMs]))
    const newestFirst = paths.sort((one, other) => age.get(other) - age.get(one))
    for (const path of newestFirst.slice(mostFiles)) fs.rmSync(path, { force: true })
  }
}

module.exports = { ownFolder, CodeCache }
