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
name, version, size, target = sys.argv[1:]
info = "%s-%s.dist-info/" % (name, version)
files = {
    name + "/__init__.py": b"answer = 42\\n",
    name + "/noise.bin": b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(int(size) // 32)),
    info + "WHEEL": b"Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    info + "METADATA": ("Metadata-Version: 2.1\\nName: %s\\nVersion: %s\\n" % (name, version)).encode(),
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

/** A package that is a module and some noise. */
export const buildWheel = async (name: string, version: string, size = 32_000): Promise<Built> => {
  const file = `${name}-${version}-py3-none-any.whl`
  const content = await inFolder(async (folder) => {
    await execa('python3', ['-c', WHEEL, name, version, String(size), join(folder, file)])
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
