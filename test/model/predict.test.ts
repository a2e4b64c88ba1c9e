import { describe, expect, it } from 'vitest'
import { cases } from './cases.js'
import { accepted, worldFor } from './compare.js'
import { predict } from './predict.js'

describe('the model of what answers a URL', () => {
  it.each(cases)('$title', async ({ written, asked, answer }) => {
    const it = await accepted(written, 'shop')
    expect(it, 'the flags file is refused').toBeDefined()
    if (it === undefined) return
    expect(predict(it.flags, asked('shop'), worldFor('192.0.2.7'))).toEqual(answer('shop'))
  })
})
