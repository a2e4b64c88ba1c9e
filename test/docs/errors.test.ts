import { expect, it } from 'vitest'
import { exitCodes } from '../../src/errors.js'
import { errorsPage } from './errors-page.js'
import { expectUpToDate } from './generated.js'

it('docs/errors.md is as the table says (npm run docs writes it)', () => expectUpToDate('docs/errors.md', errorsPage()))

it('docs/errors.md has each code once, in a section of its own', () => {
  const headings = [...errorsPage().matchAll(/^### (.*)$/gm)].map(([, code = '']) => code)
  expect(headings.sort()).toEqual(Object.keys(exitCodes).sort())
})
