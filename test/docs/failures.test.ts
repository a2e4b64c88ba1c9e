import { expect, it } from 'vitest'
import { rules } from '../../src/doctor/rules.js'
import { failuresPage } from './failures-page.js'
import { expectUpToDate } from './generated.js'

it('docs/failures.md is as the rules say (npm run docs writes it)', () =>
  expectUpToDate('docs/failures.md', failuresPage()))

it('docs/failures.md has each rule once', () => {
  const shown = [...failuresPage().matchAll(/^\| ([a-z-]+) \| (?!cause)/gm)].map(([, id = '']) => id)
  expect(shown.filter((id) => id !== '---').sort()).toEqual(rules.map(({ id }) => id).sort())
})
