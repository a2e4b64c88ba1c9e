import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readText } from '../config/flags-text.js'
import { parseYaml } from '../config/yaml.js'

const most = 50

const siteIn = async (file: string): Promise<readonly string[]> => {
  try {
    const { value } = parseYaml((await readText(file)).text)
    if (typeof value !== 'object' || value === null || !('site' in value)) return []
    return typeof value.site === 'string' ? [value.site] : []
  } catch {
    // at TAB nobody wants to know what is wrong with some file
    return []
  }
}

/** The sites of the flags files in a folder. */
export const siteNames = async (folder: string): Promise<readonly string[]> => {
  const names = (await readdir(folder)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort()
  const found = await Promise.all(names.slice(0, most).map((name) => siteIn(join(folder, name))))
  return [...new Set(found.flat())]
}
