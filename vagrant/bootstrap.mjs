// Usage: node vagrant/bootstrap.mjs SCRIPT [args]: runs vagrant/SCRIPT.ts, from a clean clone as well. Before that it
// installs the packages and compiles, when missing or out of date. Plain JavaScript and only node: modules, because it
// runs before there is anything else.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [script, ...args] = process.argv.slice(2)
const signals = ['SIGHUP', 'SIGINT', 'SIGTERM']

if (script === undefined) fail('usage: node vagrant/bootstrap.mjs SCRIPT [args]')
checkNode()
await install()
await build()
process.exitCode = await run(process.execPath, [join(root, 'dist/vagrant', `${script}.js`), ...args])

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  fail(`deploy-flask needs Node.js 20.19 or newer, this is ${process.version} (${process.execPath})`)
}

async function install() {
  // npm writes this file last, so it also tells an interrupted installation from a finished one.
  const installed = modified('node_modules/.package-lock.json')
  if (installed >= modified('package-lock.json')) return
  say('installing the npm packages (npm ci)')
  await must('npm', ['ci', '--no-audit', '--no-fund'])
  // npm keeps the time of an older file in some versions.
  touch('node_modules/.package-lock.json')
}

async function build() {
  const stamp = 'dist/.built'
  const sources = ['src', 'playbooks', 'vagrant', 'test/bench', 'test/fixtures', 'test/helpers'].flatMap(
    typescriptFiles,
  )
  const newest = Math.max(...['package.json', 'tsconfig.json', ...sources].map(modified))
  if (modified(stamp) > newest) return
  say('compiling (npm run build)')
  await must('npm', ['run', '--silent', 'build'])
  writeFileSync(join(root, stamp), '')
}

/** Folders count too: their time changes when a file goes. */
function typescriptFiles(folder) {
  if (!existsSync(join(root, folder))) return []
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  const inside = entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return typescriptFiles(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
  return [folder, ...inside]
}

function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function touch(path) {
  utimesSync(join(root, path), new Date(), new Date())
}

async function must(command, commandArgs) {
  const exitCode = await run(command, commandArgs, { stdio: ['ignore', 2, 2], cwd: root })
  if (exitCode !== 0) fail(`${command} ${commandArgs.join(' ')} failed with exit code ${exitCode}`)
}

/**
 * Whoever ends us means the program: we pass it on, wait for its end, and pass its exit code on. Ctrl-C on a terminal
 * reaches the program by itself.
 */
function run(command, commandArgs, options = { stdio: 'inherit' }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArgs, options)
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    }
    for (const signal of signals) process.on(signal, forward)
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const each of signals) process.off(each, forward)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

function say(text) {
  process.stderr.write(`deploy-flask: ${text}\n`)
}

function fail(text) {
  say(text)
  process.exit(2)
}
