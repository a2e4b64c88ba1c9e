import type { OwnProject } from '../config/own-project.js'
import { declaredInPyproject, type Declared } from './declared.js'
import { declaredInSetup, declaredInSetupCfg } from './declared-setup.js'
import { readInside } from './folder.js'

const readers: readonly (readonly [file: string, read: (text: string) => Declared | undefined])[] = [
  ['pyproject.toml', declaredInPyproject],
  ['setup.cfg', declaredInSetupCfg],
  ['setup.py', declaredInSetup],
]

/**
 * What the project in a folder needs, by the first of its files that names anything; undefined where it has none of them
 * that can be read. Nothing is run.
 *
 * @param folder absolute path
 */
export const ownProject = async (folder: string): Promise<OwnProject | undefined> => {
  let last: OwnProject | undefined
  for (const [file, read] of readers) {
    const text = (await readInside(folder, file))?.text
    const says = text === undefined ? undefined : read(text)
    if (says === undefined) continue
    const { requirements = [], refused = [], unread = [] } = says
    last = { file, requirements, refused: [...refused, ...unread] }
    if (requirements.length + last.refused.length > 0) return last
  }
  return last
}
