import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { detectProject } from '../../src/detection/detect.js'
import { stateFrom } from '../../src/wizard/state.js'
import { projectText } from '../../src/wizard/texts.js'
import { folderWith } from '../config/folders.js'

const tutorial = readFileSync(new URL('../../docs/tutorial.md', import.meta.url), 'utf8')

const block = (after: string): string => {
  const text = tutorial.slice(tutorial.indexOf(after) + after.length)
  return text.slice(0, text.indexOf('\n```'))
}

const plain = { bold: (text: string) => text, dim: (text: string) => text, yellow: (text: string) => text }

it('the tutorial shows what the wizard finds in the project of the tutorial', async () => {
  const folder = folderWith({ 'hello.py': `${block('```python\n')}\n`, 'requirements.txt': 'Flask==2.0.3\n' })
  const project = await detectProject(folder)
  const shown = projectText(project, stateFrom(project, '.'), plain).replace(folder, '/home/me/hello')
  expect(shown.trimEnd()).toBe(block('and where:\n\n```\n'))
})
