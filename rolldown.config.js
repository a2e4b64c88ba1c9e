import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const versionOf = (name) => JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version
const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

// They load files of their own while they run, or are loaded only for what most runs do not do.
const external = [
  ...['listr2', 'inquirer', '@inquirer/core', 'tar-fs', 'jiti'],
  ...['bullmq', 'ioredis', '@bull-board/api', '@bull-board/hono', 'hono', '@hono/node-server'],
]

// ssh2 tries to load these, and goes on without them: npm may build them, but here they are never built.
const optional = ['cpu-features', /\.node$/]

const bundled = Object.keys(dependencies).filter((name) => !external.includes(name))

/** Compiling a validator for each schema takes longer than one run validates with it. */
const zodWithoutCompiler = {
  name: 'zod-without-compiler',
  resolveId: (id, importer) => (id === 'zod' && importer !== '\0zod' ? '\0zod' : undefined),
  load: (id) =>
    id === '\0zod'
      ? `import { z } from ${JSON.stringify(fileURLToPath(import.meta.resolve('zod')))}; z.config({ jitless: true }); export { z }`
      : undefined,
}

/** Parts of libraries that nothing here calls: with what they need in turn, they would be loaded in each run. */
const unused = {
  name: 'unused',
  resolveId: (id, importer) =>
    (id === 'make-dir' && importer?.includes('/node-ssh/')) ||
    (/^\.\/(server|http-agents|keygen)\.js$/.test(id) && importer?.endsWith('/ssh2/lib/index.js'))
      ? '\0unused'
      : undefined,
  load: (id) => (id === '\0unused' ? 'export default undefined' : undefined),
}

export default {
  input: 'src/cli.ts',
  external: [...external, ...optional],
  plugins: [zodWithoutCompiler, unused],
  platform: 'node',
  logLevel: 'warn',
  // What was installed beside the bundle may be newer than what is in it.
  transform: {
    define: { BUNDLED_VERSIONS: JSON.stringify(Object.fromEntries(bundled.map((name) => [name, versionOf(name)]))) },
  },
  // CommonJS, for Node 20 keeps what V8 has compiled of nothing else (src/bin/load.cjs).
  output: {
    dir: 'dist/cli',
    cleanDir: true,
    format: 'cjs',
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    sourcemap: true,
  },
}
