import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { say, vagrantFolder } from './cache.js'
import { createGuest } from './guest.js'
import { commandLine, writeNotesFlags } from './notes.js'

/** Lines of the plan that fit into a picture that one still reads. */
const shownLines = 44
const line = { height: 17, width: 8.4, margin: 16 }

/** The colours of the plan, by their SGR number, on a dark ground. */
const colours: Readonly<Record<string, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#56d4dd',
  90: '#8b949e',
}

/** A change of colour in what a terminal is sent. */
const sequence = new RegExp(`(${String.fromCharCode(27)}\\[[0-9;]*m)`, 'g')

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** One line of terminal output as SVG: colours and bold are kept, every other sequence falls away. */
function toSpans(text: string): string {
  let style = ''
  return text
    .split(sequence)
    .map((part) => {
      const code = part.startsWith(String.fromCharCode(27)) ? part.slice(2, -1) : undefined
      if (code === undefined) return part === '' ? '' : `<tspan${style}>${escapeXml(part)}</tspan>`
      if (colours[code] !== undefined) style = ` fill="${colours[code]}"`
      else style = code === '1' ? ' font-weight="bold"' : code === '2' ? ' fill="#8b949e"' : ''
      return ''
    })
    .join('')
}

function toSvg(lines: readonly string[]): string {
  const longest = Math.max(...lines.map((text) => text.replaceAll(sequence, '').length))
  const size = [longest * line.width + 2 * line.margin, lines.length * line.height + 2 * line.margin].map(Math.ceil)
  const rows = lines.map(
    (text, index) =>
      `<text x="${line.margin}" y="${line.margin + (index + 1) * line.height - 4}">${toSpans(text)}</text>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" font-family="monospace" font-size="14" fill="#e6edf3" xml:space="preserve">`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    ...rows,
    '</svg>\n',
  ].join('\n')
}

/** The plan for a host that serves a PHP site, as a person sees it in a terminal. */
async function picture(folder: string): Promise<void> {
  const guest = await createGuest('php', 'picture')
  try {
    const flags = await writeNotesFlags(folder, { host: guest.name, sshConfigFile: guest.sshConfigFile })
    const plan = `${process.execPath} ${commandLine} plan -f ${flags}`
    const { stdout } = await execa('script', ['-qec', plan, '/dev/null'], { stdin: 'ignore', env: { TERM: 'xterm' } })
    const lines = stdout.replaceAll('\r', '').split('\n')
    const first = lines.findIndex((text) => text.includes('Packages'))
    const shown = lines.slice(first, first + shownLines)
    await writeFile(join(dirname(vagrantFolder), 'docs/plan.svg'), toSvg([...shown, '...', ...lines.slice(-1)]))
    say(`docs/plan.svg: ${shown.length} of ${lines.length} lines`)
  } finally {
    await guest.destroy()
  }
}

const folder = await mkdtemp(join(tmpdir(), 'deploy-flask-picture-'))
try {
  await picture(folder)
} finally {
  await rm(folder, { recursive: true })
}
