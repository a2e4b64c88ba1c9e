import { describe, expect, it } from 'vitest'
import { readWithProject, type OwnProject } from '../../src/config/own-project.js'

const project: OwnProject = { file: 'pyproject.toml', requirements: ['Flask>=2.0', 'itsdangerous'], refused: [] }

const read = (text: string, own: OwnProject | undefined = project) =>
  readWithProject(text, 'requirements.txt', {}, () => Promise.resolve(own))

describe('-e .', () => {
  it('is what the project needs; what stands in the file itself wins', async () => {
    expect(await read('flask==2.0.3\n-e .\nclick==8.0.4\n')).toEqual({
      text: 'flask==2.0.3\nclick==8.0.4\nitsdangerous\n',
      mistakes: [],
      notes: [expect.stringMatching(/^requirements\.txt:2: -e \.: what pyproject\.toml names is installed; /)],
    })
  })

  it.each(['-e .', '-e  ./', '--editable .', '--editable=.', '\t-e . # the application', '-e .\r'])(
    'is meant by %j',
    async (line) => {
      expect(await read(`${line}\n`)).toMatchObject({ text: 'Flask>=2.0\nitsdangerous\n', mistakes: [] })
    },
  )

  it.each(['-e .[prod]', '-e ./lib', '-e ..', '-e .;x', '.'])('is not meant by %j', async (line) => {
    expect((await read(`${line}\n`)).mistakes).toEqual([expect.stringMatching(/^requirements\.txt:1: /)])
  })

  it('keeps the places of what is wrong in other lines', async () => {
    expect((await read('Flask\n-e .\n-r base.txt\n')).mistakes).toEqual([
      expect.stringMatching(/^requirements\.txt:3: other files are not read/),
    ])
  })

  it('is refused where nothing says what the project needs, or only by being run', async () => {
    const { mistakes } = await readWithProject('-e .', 'r.txt', {}, () => Promise.resolve(undefined))
    expect(mistakes).toEqual([
      expect.stringMatching(/^r\.txt:1: -e \.: neither pyproject\.toml, setup\.cfg nor setup\.py/),
    ])
    expect((await read('-e .', { file: 'setup.py', requirements: [], refused: ['needed()'] })).mistakes).toEqual([
      'requirements.txt:1: -e .: setup.py says in a way that cannot be read what it needs: list that here instead (needed())',
    ])
  })

  it('names the file of the project for what cannot be installed of it', async () => {
    const own = { ...project, requirements: ['shop-api @ git+https://a.test/x.git'] }
    expect((await read('-e .', own)).mistakes).toEqual([
      expect.stringMatching(/^pyproject\.toml: a URL or path is not supported/),
    ])
  })

  it('is not looked for where it does not stand', async () => {
    const never = () => Promise.reject(new Error('nobody has asked'))
    expect(await readWithProject('Flask\n# -e .\n', 'r.txt', {}, never)).toEqual({
      text: 'Flask\n',
      mistakes: [],
      notes: [],
    })
  })
})
