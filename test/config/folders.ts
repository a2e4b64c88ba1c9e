import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { DeployError } from '../../src/errors.js'

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Text or bytes are a file, `{ link }` a symbolic link, `{ run }` an executable file, `null` an empty folder. */
export type Tree = Readonly<
  Record<string, string | Uint8Array | null | { readonly link: string } | { readonly run: string }>
>

export const folderWith = (tree: Tree): string => {
  const folder = temporaryFolder()
  fillFolder(folder, tree)
  return folder
}

export const fillFolder = (folder: string, tree: Tree): void => {
  for (const [name, content] of Object.entries(tree)) {
    const path = join(folder, name)
    mkdirSync(content === null ? path : dirname(path), { recursive: true })
    if (content === null) continue
    if (typeof content === 'string' || content instanceof Uint8Array) writeFileSync(path, content)
    else if ('link' in content) symlinkSync(content.link, path)
    else {
      writeFileSync(path, content.run)
      chmodSync(path, 0o755)
    }
  }
}

export const makeFifo = (path: string): void => {
  execFileSync('python3', ['-c', 'import os, sys; os.mkfifo(sys.argv[1])', path])
}

/** The refusal, as it is thrown or rejected; a test fails when there is none. */
export const refusal = async (work: () => unknown): Promise<DeployError> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
  throw new Error('was not refused')
}
