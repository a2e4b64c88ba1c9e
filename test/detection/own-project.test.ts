import { expect, it } from 'vitest'
import { ownProject } from '../../src/detection/own-project.js'
import { folderWith } from '../config/folders.js'

it.each([
  [
    'of pyproject.toml',
    { 'pyproject.toml': '[project]\nname = "shop"\ndependencies = ["Flask>=2"]\n' },
    { file: 'pyproject.toml', requirements: ['Flask>=2'], refused: [] },
  ],
  [
    'of setup.cfg, where pyproject.toml names only what builds it',
    {
      'pyproject.toml': '[build-system]\nrequires = ["setuptools"]\n',
      'setup.cfg': '[options]\ninstall_requires =\n    Flask\n    click\n',
    },
    { file: 'setup.cfg', requirements: ['Flask', 'click'], refused: [] },
  ],
  [
    'of setup.py',
    { 'setup.py': 'from setuptools import setup\nneeds = ["Flask"]\nsetup(name="shop", install_requires=needs)\n' },
    { file: 'setup.py', requirements: ['Flask'], refused: [] },
  ],
  [
    'of setup.py, without any',
    { 'setup.py': 'from setuptools import setup\nsetup(name="shop")\n' },
    { file: 'setup.py', requirements: [], refused: [] },
  ],
  [
    'of setup.py, where only running it would tell',
    { 'setup.py': 'from setuptools import setup\nsetup(install_requires=open("r.txt").read().split())\n' },
    { file: 'setup.py', requirements: [], refused: [expect.stringContaining('open("r.txt")')] },
  ],
  [
    'of setup.py, where a part of it is so',
    { 'setup.py': 'import os\nfrom setuptools import setup\nsetup(install_requires=["Flask", os.environ["MORE"]])\n' },
    { file: 'setup.py', requirements: ['Flask'], refused: [expect.stringContaining('MORE')] },
  ],
  ['of a folder that is no project', { 'shop.py': '' }, undefined],
])('the requirements %s are read, and nothing is run', async (_, files, wanted) => {
  expect(await ownProject(folderWith(files))).toEqual(wanted)
})
