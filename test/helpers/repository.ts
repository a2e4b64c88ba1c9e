import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Text is a file; otherwise an entry with a mode of its own: `100755`, `120000` (a link), `160000` (a submodule). */
export type Content = string | Buffer | { readonly mode: string; readonly content: string }

export type Files = Readonly<Record<string, Content>>

const who = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

/** A bare repository on this computer, made from objects: so it can hold what no work tree would. */
export class Repository {
  readonly folder: string

  constructor(format: 'sha1' | 'sha256' = 'sha1') {
    this.folder = join(mkdtempSync(join(tmpdir(), 'repository-')), 'app.git')
    mkdirSync(this.folder)
    this.git(['init', '-q', '--bare', '--initial-branch=main', `--object-format=${format}`])
  }

  git(args: readonly string[], input: string | Buffer = ''): string {
    return execFileSync('git', [...args], { cwd: this.folder, input, env: { ...process.env, ...who } })
      .toString()
      .trim()
  }

  /** A commit with these files and no others, to which the branch moves. */
  commit(files: Files, branch = 'main'): string {
    const commit = this.git(['commit-tree', '-m', 'Change', this.#tree(Object.entries(files))])
    this.git(['update-ref', `refs/heads/${branch}`, commit])
    return commit
  }

  /** A hook of the repository, which runs where the repository lies: there, and nowhere else. */
  hook(name: string, script: string): void {
    writeFileSync(join(this.folder, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  }

  #tree(files: readonly (readonly [name: string, content: Content])[]): string {
    const folders = new Map<string, (readonly [string, Content])[]>()
    const lines: string[] = []
    for (const [name, content] of files) {
      const slash = name.indexOf('/')
      if (slash < 0) lines.push(this.#entry(name, content))
      else {
        const [folder, rest] = [name.slice(0, slash), name.slice(slash + 1)]
        folders.set(folder, [...(folders.get(folder) ?? []), [rest, content]])
      }
    }
    for (const [folder, inside] of folders) lines.push(`040000 tree ${this.#tree(inside)}\t${folder}`)
    return this.git(['mktree', '--missing', '-z'], lines.map((line) => `${line}\0`).join(''))
  }

  #entry(name: string, content: Content): string {
    if (typeof content === 'string' || Buffer.isBuffer(content)) {
      return `100644 blob ${this.git(['hash-object', '-w', '--stdin'], content)}\t${name}`
    }
    if (content.mode === '160000') return `160000 commit ${content.content}\t${name}`
    return `${content.mode} blob ${this.git(['hash-object', '-w', '--stdin'], content.content)}\t${name}`
  }
}
