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

/** Only one thing at a time: nothing that is shown is both bold and coloured. */
const styleOf = (code: string, before: string): string => {
  if (colours[code] !== undefined) return ` fill="${colours[code]}"`
  if (code === '1') return ' font-weight="bold"'
  if (code === '2') return ' fill="#8b949e"'
  return ['0', '', '22', '39'].includes(code) ? '' : before
}

/** One line of terminal output as SVG: colours and bold are kept, every other sequence falls away. */
function toSpans(text: string): string {
  let style = ''
  return text
    .split(sequence)
    .map((part) => {
      const codes = part.startsWith(String.fromCharCode(27)) ? part.slice(2, -1).split(';') : undefined
      if (codes === undefined) return part === '' ? '' : `<tspan${style}>${escapeXml(part)}</tspan>`
      for (const code of codes) style = styleOf(code, style)
      return ''
    })
    .join('')
}

/** Lines of a terminal, with their colours, as a picture. */
export function toSvg(lines: readonly string[]): string {
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
