import { indexUrl, requirement } from './fields.js'
import { localPathOf, packageIn } from './local-packages.js'
import { printable } from './mistake.js'

export interface ReadRequirements {
  /** One requirement a line, without comments; hashes stay on the line of their requirement. */
  readonly text: string
  /** `FILE:LINE: message` */
  readonly mistakes: readonly string[]
}

interface Line {
  readonly number: number
  readonly text: string
}

/** Lines as pip joins them: a backslash at the end goes on, except in a comment. */
export const logicalLines = (text: string): readonly Line[] => {
  const lines: Line[] = []
  let begun: Line | undefined
  for (const [index, physical] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const goesOn = physical.endsWith('\\') && !/^\s*#/.test(physical)
    const part = goesOn ? physical.slice(0, -1) : physical
    const line: Line = begun === undefined ? { number: index + 1, text: part } : { ...begun, text: begun.text + part }
    if (goesOn) begun = line
    else {
      lines.push(line)
      begun = undefined
    }
  }
  if (begun !== undefined) lines.push(begun)
  return lines.map(({ number, text: joined }) => ({ number, text: joined.replace(/(^|\s)#.*$/, '').trim() }))
}

const hashes = /( +--hash=(sha256|sha384|sha512):[0-9a-f]+)+$/

/** What is allowed, on top of packages of the index by name; what the flags file says about `pip`. */
export interface Allowed {
  /** Other indexes, and packages by the URL of a file or of a git repository, or by a file of the code. */
  readonly references?: boolean
  /** Of the code, where that is sent. */
  readonly files?: ReadonlySet<string>
  /** Every requirement has a hash, or none is installed. */
  readonly requireHashes?: boolean
}

const elsewhere = /:\/\/|\s@\s|@\s|^[./~]|\.(whl|zip|tar\.gz)$/
const allowThem = 'set pip.references to true if that is meant'

/** Where a path would begin is another place on the host with each release, and pip does not notice other content of a folder. */
const local = /^[./~]|^file:|@ *(file:|[./~])|^[^ @:]+\.(whl|zip|tar\.gz)$/
const notLocal =
  'a folder, or a file outside the code, is not installed: make a wheel of it and send that with the code (./wheels/NAME.whl), ' +
  'put it into an index (pip.index-url), or write NAME @ https://... or NAME @ git+https://... and set pip.references to true'

const judgeLocal = (plain: string, { references = false, files }: Allowed): string | undefined => {
  const path = localPathOf(plain)
  if (path === undefined || files === undefined) return notLocal
  if (!references) return `a file of the code is installed only by its own path; ${allowThem}`
  if (packageIn(path) === undefined) return 'must have a name such as NAME-1.0-py3-none-any.whl or NAME-1.0.tar.gz'
  if (!files.has(path)) return `${path} is not in the code, or is left out by an ignore file`
  return /^[^ ]+( ;[^\p{C}$]+)?$/u.test(plain) ? undefined : 'only a marker and --hash may follow a file'
}

/** `name @ https://...`: by a name, so that it can be seen whether it is installed. */
const direct =
  /^[A-Za-z0-9._-]+( *\[[A-Za-z0-9._, -]+\])? @ (git\+)?https:\/\/[A-Za-z0-9._~!$&()*+,;=:@%/#-]+( ;[^\p{C}$]+)?$/u

const judgeReference = (plain: string): string | undefined => {
  if (!direct.test(plain)) return 'must be written as NAME @ https://... or NAME @ git+https://...'
  return /\/\/[^/]*@/.test(plain) ? 'must not hold a user or password' : undefined
}

const indexOption = /^(-i|--index-url|--extra-index-url)[ =](\S+)$/

const judgeIndex = (line: string): string | undefined =>
  indexUrl.safeParse(indexOption.exec(line)?.[2]).success
    ? undefined
    : 'must be an http or https URL without a password'

/** What pip would do with a line that is more than a plain requirement, and what to do instead. */
const judge = (line: string, allowed: Allowed): string | undefined => {
  const { references = false, requireHashes = false } = allowed
  const [option = ''] = line.split(/[\s=]/)
  if (references && indexOption.test(line)) return judgeIndex(line)
  if (/^(-i|--index-url|--extra-index-url|-f|--find-links|--no-index)/.test(option)) {
    return `the option ${printable(option, 30)} is not supported here: set pip.index-url in the flags file`
  }
  if (/^(-e|--editable)/.test(option)) {
    return /:/.test(line)
      ? 'an editable install is not supported: write NAME @ git+https://... without it, and set pip.references to true'
      : 'of editable installs only the code itself is supported, as a line of a requirements file: -e . (of another folder make a ' +
          'wheel, and send that with the code)'
  }
  if (/^(-r|-c|--requirement|--constraint)/.test(option)) {
    return 'other files are not read: put their lines into this one (pip-compile and pip freeze do)'
  }
  if (line.startsWith('-')) return `the option ${printable(option, 30)} is not supported`
  const plain = line.replace(hashes, '').replace(/\s+/g, ' ')
  if (local.test(plain) || localPathOf(plain) !== undefined) return judgeLocal(plain, allowed)
  if (requireHashes && !hashes.test(line))
    return 'has no --hash, which pip.require-hashes asks for (pip-compile writes them)'
  if (/^pkg[-_]resources==0\.0\.0$/.test(plain)) {
    return "remove this line: a bug of Ubuntu's pip freeze writes it, and there is no such package"
  }
  if (elsewhere.test(plain)) {
    return references
      ? judgeReference(plain)
      : `a URL or path is not supported: only packages of the index are; ${allowThem}`
  }
  if (/\s--/.test(plain)) return 'only --hash may follow a requirement'
  return requirement.safeParse(plain).success ? undefined : 'is not a requirement such as Flask==2.0.3'
}

export const packageOf = (line: string): string =>
  (/^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? '').toLowerCase().replace(/[-_.]+/g, '-')

export const readRequirements = (text: string, file: string, allowed: Allowed = {}): ReadRequirements => {
  if (text.includes('\0') || text.includes('\ufffd')) {
    return { text: '', mistakes: [`${file}:1: is not UTF-8 text (PowerShell writes UTF-16): save it as UTF-8`] }
  }
  const lines = logicalLines(text).filter((line) => line.text !== '')
  const seen = new Map<string, number>()
  const mistakes = lines.flatMap((line) => {
    const path = localPathOf(line.text)
    const name = packageOf(path === undefined ? line.text : (packageIn(path) ?? ''))
    const before = name === '' ? undefined : seen.get(name)
    // with a marker each, two lines of one package are two cases
    if (!line.text.includes(';')) seen.set(name, line.number)
    const twice =
      before === undefined || line.text.includes(';') ? undefined : `${name} stands in line ${before} already`
    const message = judge(line.text, allowed) ?? twice
    return message === undefined ? [] : [`${file}:${line.number}: ${message}`]
  })
  return { text: lines.map((line) => `${line.text.replace(/\s+/g, ' ')}\n`).join(''), mistakes }
}
