import { readFile, writeFile } from 'node:fs/promises'
import { expect } from 'vitest'

/** A generated file is as its generator makes it; `npm run docs` writes it. */
export const expectUpToDate = async (file: string, text: string): Promise<void> => {
  const place = new URL(`../../${file}`, import.meta.url)
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(place, text)
  expect(await readFile(place, 'utf8').catch(() => '')).toBe(text)
}
