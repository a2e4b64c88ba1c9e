import { format } from 'prettier'
import { expect, it } from 'vitest'
import { fleetJsonSchema } from '../../src/render/fleet-documents.js'

it('the JSON Schema of what is told of fleets is what docs/fleet.schema.json says (vitest -u writes it)', async () => {
  const text = await format(JSON.stringify(fleetJsonSchema()), { parser: 'json', printWidth: 120 })
  await expect(text).toMatchFileSnapshot('../../docs/fleet.schema.json')
})
