import { expect, it } from 'vitest'
import { readRequirements } from '../../src/config/requirements.js'

it('comments, empty lines and continuations are gone, hashes stay with their requirement', () => {
  const text = [
    '# of pip-compile',
    'Flask==2.0.3 \\',
    `    --hash=sha256:${'a'.repeat(64)} \\`,
    `    --hash=sha256:${'b'.repeat(64)}`,
    '    # via -r requirements.in',
    '',
    'Jinja2>=3.0,<4  # templates',
    'importlib-metadata ; python_version < "3.8"',
    'requests[security, socks] ~= 2.27',
  ]
  expect(readRequirements(text.join('\r\n'), 'r.txt')).toEqual({
    mistakes: [],
    text: [
      `Flask==2.0.3 --hash=sha256:${'a'.repeat(64)} --hash=sha256:${'b'.repeat(64)}`,
      'Jinja2>=3.0,<4',
      'importlib-metadata ; python_version < "3.8"',
      'requests[security, socks] ~= 2.27',
      '',
    ].join('\n'),
  })
})

it.each([
  ['Flask'],
  ['Flask==2.0.3'],
  ['flask===2.0.3'],
  ['zope.interface!=5.*'],
  ['a_b >= 1 , < 2'],
  ['x==1!2.0+local-1'],
  ['dataclasses==0.8;python_version<"3.7" and sys_platform != "win32"'],
])('%s is a requirement', (line) => {
  expect(readRequirements(line, 'r').mistakes).toEqual([])
})

it.each([
  ['--index-url https://a.test', 'the option --index-url is not supported here: set pip.index-url'],
  ['-i https://a.test', 'the option -i is not supported here: set pip.index-url'],
  ['--extra-index-url=https://u:hunter2@a.test', 'the option --extra-index-url is not supported here'],
  ['-r base.txt', 'other files are not read'],
  ['-cfile', 'other files are not read'],
  ['-e ./lib', 'of editable installs only the code itself is supported'],
  ['--pre', 'the option --pre is not supported'],
  ['git+https://a.test/x.git', 'a URL or path is not supported'],
  ['Flask @ https://a.test/flask.whl', 'a URL or path is not supported'],
  ['-e git+https://a.test/x.git', 'an editable install is not supported: write NAME @ git+https://'],
  ['pkg-resources==0.0.0', "remove this line: a bug of Ubuntu's pip freeze writes it"],
  ['Flask --global-option=x', 'only --hash may follow a requirement'],
  ['Flask==1; os_name == "${HOME}"', 'is not a requirement'],
  ['Flask =< 1', 'is not a requirement'],
  ['Flask; \u001b[2J', 'is not a requirement'],
  ['; id', 'is not a requirement'],
])('%s is refused with file and line', (line, message) => {
  const { mistakes } = readRequirements(`# first\n${line}\nFine==1\n`, 'app/requirements.txt')
  expect(mistakes).toEqual([expect.stringContaining(`app/requirements.txt:2: ${message}`)])
  expect(mistakes.join()).not.toMatch(/hunter2|\u001b/)
})

it('one package in two lines is a mistake unless markers tell them apart', () => {
  expect(readRequirements('Foo.Bar==1\nother\nfoo_bar==2', 'r').mistakes).toEqual([
    'r:3: foo-bar stands in line 1 already',
  ])
  expect(readRequirements('foo==1;python_version<"3.7"\nfoo==2;python_version>="3.7"', 'r').mistakes).toEqual([])
})

it('a file that PowerShell wrote is told apart', () => {
  expect(readRequirements(Buffer.from('\ufeffFlask\n', 'utf16le').toString('utf8'), 'r').mistakes).toEqual([
    'r:1: is not UTF-8 text (PowerShell writes UTF-16): save it as UTF-8',
  ])
})

it('a long line of operators is refused at once', () => {
  for (const line of [
    `a${'=!'.repeat(120)}`,
    `a=${'!'.repeat(240)}(`,
    `a${' '.repeat(240)}(`,
    `a==1${' ,'.repeat(110)}`,
  ]) {
    expect(readRequirements(line, 'r').mistakes).toHaveLength(1)
  }
})

const sha = `--hash=sha256:${'a'.repeat(64)}`

it.each([
  '--index-url https://packages.example.com/simple',
  '-i https://packages.example.com/simple',
  '--extra-index-url=https://packages.example.com/simple',
  'shop @ https://files.example.com/shop-1.0-py3-none-any.whl',
  'shop[web] @ git+https://git.example.com/shop.git@0123abcd#subdirectory=lib',
])('%s comes from elsewhere, and is taken only where that is allowed', (line) => {
  expect(readRequirements(line, 'r').mistakes).toHaveLength(1)
  expect(readRequirements(line, 'r', { references: true })).toEqual({ mistakes: [], text: `${line}\n` })
})

it.each([
  ['--index-url https://me:hunter2@packages.example.com', 'must be an http or https URL without a password'],
  ['--index-url $(id)', 'must be an http or https URL without a password'],
  ['git+https://git.example.com/shop.git', 'must be written as NAME @ https://'],
  ['shop @ git+ssh://git@git.example.com/shop.git', 'must be written as NAME @ https://'],
  ['shop @ http://files.example.com/shop.whl', 'must be written as NAME @ https://'],
  ['shop @ https://me:hunter2@files.example.com/shop.whl', 'must not hold a user or password'],
  ['--find-links https://files.example.com', 'the option --find-links is not supported'],
  ['-e git+https://git.example.com/shop.git', 'an editable install is not supported'],
])('%s is refused even where others are allowed', (line, message) => {
  const { mistakes } = readRequirements(line, 'r', { references: true })
  expect(mistakes).toEqual([expect.stringContaining(message)])
  expect(mistakes.join()).not.toContain('hunter2')
})

const files = new Set(['wheels/shop-1.0-py3-none-any.whl', 'wheels/shop.whl'])

it.each([
  './wheels/shop-1.0-py3-none-any.whl',
  'wheels/shop-1.0-py3-none-any.whl ; python_version < "3.8"',
  `./wheels/shop-1.0-py3-none-any.whl --hash=sha256:${'a'.repeat(64)}`,
])('%s is a file of the code, and is taken only where that is allowed', (line) => {
  const [mistake] = readRequirements(line, 'r', { files }).mistakes
  expect(mistake).toContain('set pip.references to true if that is meant')
  const allowed = { references: true, requireHashes: true, files }
  expect(readRequirements(line, 'r', allowed)).toEqual({ mistakes: [], text: `${line}\n` })
})

it.each([
  ['./wheels/other-1.0-py3-none-any.whl', 'wheels/other-1.0-py3-none-any.whl is not in the code'],
  ['./wheels/shop.whl', 'must have a name such as NAME-1.0-py3-none-any.whl or NAME-1.0.tar.gz'],
  ['./wheels/shop-1.0-py3-none-any.whl[web]', 'a folder, or a file outside the code, is not installed'],
  ['./wheels/shop-1.0-py3-none-any.whl --pre', 'only a marker and --hash may follow a file'],
])('%s is refused also where files of the code are allowed', (line, message) => {
  expect(readRequirements(line, 'r', { references: true, files }).mistakes).toEqual([expect.stringContaining(message)])
})

it('a file of the code and a requirement by name are two lines of one package', () => {
  const text = 'Shop==1.0\n./wheels/shop-1.0-py3-none-any.whl'
  expect(readRequirements(text, 'r', { references: true, files }).mistakes).toEqual([
    'r:2: shop stands in line 1 already',
  ])
})

it.each([
  './lib',
  '../lib',
  '.',
  '/srv/shop.whl',
  '~/shop.whl',
  'file:///srv/shop.whl',
  'shop @ file:///srv/shop.whl',
  'shop @ ./wheels/shop-1.0-py3-none-any.whl',
])('%s is a folder or a file elsewhere: refused whatever is allowed, and told what can be done instead', (line) => {
  for (const references of [false, true]) {
    expect(readRequirements(line, 'r', { references, files }).mistakes).toEqual([
      expect.stringMatching(
        /^r:1: a folder, or a file outside the code, is not installed: .*an index \(pip\.index-url\), or write NAME @ https:/,
      ),
    ])
  }
})

it('where hashes are required, every line that has none is told', () => {
  const { mistakes } = readRequirements(`Flask==2.0.3 ${sha}\nclick==8.0.4\nWerkzeug==2.0.3`, 'r', {
    requireHashes: true,
  })
  expect(mistakes).toEqual([
    'r:2: has no --hash, which pip.require-hashes asks for (pip-compile writes them)',
    'r:3: has no --hash, which pip.require-hashes asks for (pip-compile writes them)',
  ])
})
