import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'deploy-flask-package-'))
const prefix = join(folder, 'prefix')
const installed = join(prefix, 'lib/node_modules/deploy-flask')
const project = join(folder, 'project')

let files: readonly string[] = []

/** A program, in the project of somebody who has installed the package. */
const run = (program: string, args: readonly string[], cwd = project) => {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

const must = (program: string, args: readonly string[], cwd?: string): string => {
  const { status, stdout, stderr } = run(program, args, cwd)
  expect(status, stderr).toBe(0)
  return stdout
}

const deployFlask = (...args: readonly string[]) => run(join(prefix, 'bin/deploy-flask'), args)

beforeAll(() => {
  mkdirSync(join(project, 'node_modules'), { recursive: true })
  // Parsed from what npm prints about a package that it has made.
  const [packed] = JSON.parse(must('npm', ['pack', '--json', '--pack-destination', folder], root)) as readonly {
    readonly filename: string
    readonly files: readonly { readonly path: string }[]
  }[]
  files = packed?.files.map(({ path }) => path) ?? []
  must('npm', [
    'install',
    '--global',
    '--prefix',
    prefix,
    '--no-audit',
    '--no-fund',
    join(folder, packed?.filename ?? ''),
  ])
  symlinkSync(installed, join(project, 'node_modules/deploy-flask'))
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('the package', () => {
  test('holds the program, its types, licence, documents, examples and playbooks', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        ...['package.json', 'LICENSE', 'README.md', 'CHANGELOG.md'],
        ...['src/bin/deploy-flask.cjs', 'src/bin/start.cjs', 'dist/cli/cli.cjs'],
        ...['dist/src/index.js', 'dist/src/index.d.ts', 'dist/playbooks/flask-site.js'],
        ...['docs/deploy-flask.1', 'docs/errors.md', 'dist/flags-file.schema.json'],
        ...['examples/minimal.yml', 'examples/playbooks/log-rotation.ts'],
        ...['playbooks/README.md', 'playbooks/flask-site.ts'],
      ]),
    )
  })

  test('and nothing that only those need who work on it', () => {
    const known =
      /^(package\.json|LICENSE|README\.md|CHANGELOG\.md|src\/bin\/[\w-]+\.cjs|dist\/cli\/.*\.cjs|dist\/(src|playbooks)\/.*\.(js|d\.ts)|dist\/flags-file\.schema\.json|docs\/(deploy-flask\.1|errors\.md)|playbooks\/[\w.-]+|examples\/.*)$/
    expect(files.filter((file) => !known.test(file))).toEqual([])
    // an application of the examples has tests of its own
    const development = /\.map$|\.test\.|(^|\/)(test|vagrant|fixtures|node_modules|\.ci)\/|eslint|tsconfig|vitest/
    expect(files.filter((file) => development.test(file))).toEqual([])
  })

  test('is licensed as its package.json says', () => {
    expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toContain('MIT License')
    expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).toMatchObject({ license: 'MIT' })
  })
})

describe('installed with npm install --global, the program', () => {
  test('shows its help', () => {
    const { status, stdout, stderr } = deployFlask('--help')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain('Usage: deploy-flask')
  })

  test('tells the versions of what was installed with it', () => {
    const { status, stdout } = deployFlask('--version', '--verbose')
    expect(status).toBe(0)
    expect(stdout).not.toContain('not found')
    expect(stdout).toMatch(/^zod {11}\d+\.\d+\.\d+$/m)
  })

  test('explains errors, completes, and prints the schema', () => {
    expect(deployFlask('explain', 'apt_locked').stdout).toMatch(/^APT_LOCKED \(exit code 1\)/)
    expect(deployFlask('__complete', '--', 'plan', '--daemon-thr').stdout).toContain('--daemon-threads\t')
    expect(JSON.parse(deployFlask('schema').stdout)).toHaveProperty('properties')
  })

  test('refuses a flags file with a mistake before anything else', () => {
    writeFileSync(join(project, 'wrong.yml'), 'version: 1\nhost: a.test\nprot: 80\n')
    const { status, stderr } = deployFlask('plan', '-f', 'wrong.yml')
    expect(status).toBe(2)
    expect(stderr).toContain('wrong.yml:3:1: prot: unknown key; did you mean port?')
  })

  test('has its man page where man finds it', () => {
    expect(must('man', ['-M', join(prefix, 'share/man'), '-P', 'cat', 'deploy-flask'])).toContain('SETTINGS AS OPTIONS')
  })

  test('lists playbooks that are there', () => {
    const listed = [...deployFlask('playbooks').stdout.matchAll(/^ {4}(\/.*\.ts)$/gm)].map(([, file = '']) => file)
    expect(listed.map((file) => file.slice(installed.length + 1))).toEqual([
      'playbooks/flask-site.ts',
      'examples/playbooks/log-rotation.ts',
    ])
    expect(listed.filter((file) => !existsSync(file))).toEqual([])
  })
})

const playbook = `import { definePlaybook, DeployError, flaskSite, type Site } from 'deploy-flask'

export default definePlaybook<Site>({
  name: 'mine',
  summary: 'the usual site, and a refusal of its own',
  phases(site) {
    const phases = flaskSite.phases(site)
    throw new DeployError('HOST_UNFIT', { what: \`\${phases.length} phases for \${site.name}\`, remedy: 'none' })
  },
})
`

describe('a playbook of somebody who has installed it', () => {
  const flags = 'version: 1\nhost: 127.0.0.1\nsite: shop\nserver-name: shop.test\ncode: {path: /srv/code}\nwsgi: a:b\n'

  test('runs with the very classes of the program', () => {
    writeFileSync(join(project, 'mine.ts'), playbook)
    writeFileSync(join(project, 'shop.yml'), flags)
    const { status, stderr } = deployFlask('plan', '-f', 'shop.yml', '--playbook', 'mine.ts')
    expect(stderr).toContain('error HOST_UNFIT: 6 phases for shop\n')
    expect(status).toBe(2)
  })

  test('points at its own line when it fails', () => {
    writeFileSync(
      join(project, 'broken.ts'),
      playbook.replace('throw new', 'const x: string[] = []; x[1]!.at(0); throw new'),
    )
    const { status, stderr } = deployFlask('plan', '-f', 'shop.yml', '--playbook', 'broken.ts')
    expect(status).toBe(1)
    expect(stderr).toContain(`where: ${join(project, 'broken.ts')}:8:35\n`)
  })

  test('can be written without TypeScript, by importing the package', () => {
    const script = "import('deploy-flask').then((m) => console.log(typeof m.definePlaybook, m.flaskSite.name))"
    expect(must(process.execPath, ['-e', script])).toBe('function flask-site\n')
  })

  test('is type-checked with the types of the package', { timeout: 120_000 }, () => {
    const file = join(project, 'typed.ts')
    writeFileSync(file, `${playbook}\nconst wrong: number = flaskSite.name\nconsole.log(wrong)\n`)
    const program = ts.createProgram([file, join(installed, 'examples/playbooks/log-rotation.ts')], {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    })
    const messages = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    expect(messages).toEqual(["Type 'string' is not assignable to type 'number'."])
  })
})
