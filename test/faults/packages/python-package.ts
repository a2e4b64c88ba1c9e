import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

interface Built {
  readonly file: string
  readonly content: Buffer
}

const WHEEL = `import base64, hashlib, sys, zipfile
name, version, size, target, tag, needs = sys.argv[1:]
info = "%s-%s.dist-info/" % (name, version)
needed = "".join("Requires-Dist: %s\\n" % one for one in needs.split())
files = {
    name + "/__init__.py": sys.stdin.buffer.read(),
    name + "/noise.bin": b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(int(size) // 32)),
    info + "WHEEL": ("Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: %s\\n" % tag).encode(),
    info + "METADATA": ("Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n%s" % (name, version, needed)).encode(),
}
record = "".join("%s,,\\n" % path for path in files) + info + "RECORD,,\\n"
with zipfile.ZipFile(target, "w") as wheel:
    for path, content in files.items():
        wheel.writestr(path, content)
    wheel.writestr(info + "RECORD", record)
`

const inFolder = async (work: (folder: string) => Promise<Buffer>): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-python-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

interface Wheel {
  readonly size?: number
  /** Of its module. */
  readonly module?: string
  readonly tag?: string
  /** Requirements, without blanks. */
  readonly needs?: readonly string[]
}

/** A package that is a module and some noise. */
export const buildWheel = async (name: string, version: string, wheel: Wheel = {}): Promise<Built> => {
  const { size = 32_000, module = 'answer = 42\n', tag = 'py3-none-any', needs = [] } = wheel
  const file = `${name}-${version}-${tag}.whl`
  const content = await inFolder(async (folder) => {
    const args = [name, version, String(size), join(folder, file), tag, needs.join(' ')]
    await execa('python3', ['-c', WHEEL, ...args], { input: module })
    return readFile(join(folder, file))
  })
  return { file, content }
}

/** A package that has to be built by this setup.py. */
export const buildSource = async (name: string, version: string, setup: string): Promise<Built> => {
  const folderName = `${name}-${version}`
  const content = await inFolder(async (folder) => {
    await mkdir(join(folder, folderName))
    const info = `Metadata-Version: 1.0\nName: ${name}\nVersion: ${version}\n`
    await writeFile(join(folder, folderName, 'PKG-INFO'), info)
    await writeFile(join(folder, folderName, 'setup.py'), setup)
    await writeFile(join(folder, folderName, 'native.c'), 'int nothing(void) { return 0; }\n')
    await execa('tar', ['-czf', 'a.tar.gz', folderName], { cwd: folder })
    return readFile(join(folder, 'a.tar.gz'))
  })
  return { file: `${folderName}.tar.gz`, content }
}

/** An index that has this one package, as pip asks for it. */
export const packageIndex = (name: string, { file, content }: Built): ReadonlyMap<string, Buffer> => {
  const hash = createHash('sha256').update(content).digest('hex')
  return new Map([
    [`simple/${name}/`, Buffer.from(`<!DOCTYPE html><a href="../../files/${file}#sha256=${hash}">${file}</a>`)],
    [`files/${file}`, content],
  ])
}
