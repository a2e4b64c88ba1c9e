import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { listFolder } from '../../src/config/folder-list.js'
import { folderWith, type Tree } from './folders.js'

const sentFrom = async (folder: string): Promise<readonly string[]> =>
  (await listFolder(folder, new Set())).filter(({ kind }) => kind !== 'folder').map(({ path }) => path)

/** What git would add, when nothing but the folder's own .gitignore files count. */
const gitWouldAdd = (folder: string): readonly string[] => {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
  }
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', folder, ...args], { env, encoding: 'utf8' })
  git('init', '-q')
  return git('ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean)
}

const tree = {
  'app.py': '',
  'app.log': '',
  'a/app.log': '',
  'a/keep.log': '',
  'a/b/app.log': '',
  'a/b/build/x': '',
  'build/x': '',
  'build/y/z': '',
  'logs/app.txt': '',
  'A.LOG': '',
  '#hash': '',
  '!bang': '',
  'with blank ': '',
  'a[1]/app.log': '',
  'a[1]/x': '',
  'é/app.log': '',
  'static/dist/app.css': '',
  link: { link: 'build' },
} satisfies Tree

const cases: readonly (readonly [string, Tree])[] = [
  ['no rules', {}],
  ['a suffix anywhere', { '.gitignore': '*.log\n' }],
  ['an exception', { '.gitignore': '*.log\n!keep.log\n' }],
  ['a folder anywhere, not a link of that kind', { '.gitignore': 'build/\n' }],
  ['a folder at the top', { '.gitignore': '/build\n' }],
  ['a path with a slash in the middle', { '.gitignore': 'a/b\n' }],
  ['two stars', { '.gitignore': 'a/**/x\n**/y/\n' }],
  ['an exception below an excluded folder, which has no effect', { '.gitignore': 'build/\n!build/x\n' }],
  ['everything but', { '.gitignore': '/*\n!/app.py\n!/a\n' }],
  ['comments, escapes and blanks', { '.gitignore': '# no\n\\#hash\n\\!bang\nwith blank\\ \n*.txt   \n\n' }],
  ['lines of Windows', { '.gitignore': '*.log\r\nbuild/\r\n' }],
  ['ranges and question marks', { '.gitignore': 'app.[lk]og\n?/keep.log\n' }],
  ['a nested file that takes back', { '.gitignore': '*.log\n', 'a/.gitignore': '!app.log\n' }],
  ['a nested file that adds', { 'a/.gitignore': '*.log\n!/keep.log\n' }],
  ['a nested file with a rooted line', { 'a/.gitignore': '/app.log\n/b/build\n' }],
  ['a nested file with a path', { 'a/.gitignore': 'b/app.log\nbuild/\n' }],
  ['nested files on two levels', { 'a/.gitignore': '*\n!.gitignore\n!b/\n', 'a/b/.gitignore': '!app.log\n' }],
  ['a nested file in a folder with a strange name', { 'a[1]/.gitignore': '*.log\n', 'é/.gitignore': '/app.*\n' }],
  ['a nested file that leaves out all', { 'logs/.gitignore': '*\n' }],
  ['the mark at the beginning of a file', { '.gitignore': '\ufeff*.log\n' }],
]

it.each(cases)('what is sent is what git would add: %s', async (_, rules) => {
  const folder = folderWith({ ...tree, ...rules })
  const sent = await sentFrom(folder)
  expect([...sent].sort()).toEqual([...gitWouldAdd(folder)].sort())
})

it('.deployignore has the last word over every .gitignore', async () => {
  const folder = folderWith({
    '.gitignore': 'dist/\n*.map\n',
    'static/.gitignore': '*.css\n',
    'static/dist/app.css': '',
    'static/dist/app.css.map': '',
    'docs/a.md': '',
    'app.py': '',
    '.deployignore': '!static/dist/\n!static/dist/*.css\ndocs/\n.gitignore\n',
  })
  expect(await sentFrom(folder)).toEqual(['app.py', 'static/dist/app.css'])
})

it('repositories, caches, virtual environments and .deployignore itself are never sent', async () => {
  const folder = folderWith({
    '.git/config': '',
    'sub/.git': 'gitdir: elsewhere',
    '.hg/x': '',
    '.svn/x': '',
    '__pycache__/app.pyc': '',
    'old.pyc': '',
    'node_modules/x/index.js': '',
    '.venv/pyvenv.cfg': '',
    '.venv/bin/python': '',
    'any-name/pyvenv.cfg': '',
    'venv/not-one.py': '',
    'app.py': '',
    '.deployignore': '!node_modules/\n!*.pyc\n',
  })
  expect(await sentFrom(folder)).toEqual(['app.py', 'venv/not-one.py'])
})

const environments = { '.env': '', '.env.local': '', '.env.example': '', 'sub/.env': '', '.flaskenv': '', 'app.py': '' }

it('.env files stay at home, examples of them do not', async () => {
  expect(await sentFrom(folderWith(environments))).toEqual(['.env.example', '.flaskenv', 'app.py'])
})

it('a .gitignore cannot make .env be sent, .deployignore can', async () => {
  expect(await sentFrom(folderWith({ ...environments, '.gitignore': '!.env\n' }))).not.toContain('.env')
  const folder = folderWith({ ...environments, '.gitignore': '.env\n', '.deployignore': '!/.env\n' })
  expect(await sentFrom(folder)).toEqual(['.env', '.env.example', '.flaskenv', '.gitignore', 'app.py'])
})
