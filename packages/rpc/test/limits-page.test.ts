import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { connectLimitsOf } from '../src/http/http-connect-options.ts'
import { limitsOf } from '../src/http/http-listen-options.ts'

describe('docs/reference/limits.md', () => {
  it('lists every limit with its default, and no other', async () => {
    const page = await readFile(new URL('../../../docs/reference/limits.md', import.meta.url), 'utf8')
    const listed = [...page.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, name, value]) => [name, Number(value)])
    const known = { maxBodyBytes: 1_048_576, ...limitsOf({}), ...connectLimitsOf({}) }
    expect(listed).to.have.deep.members(Object.entries(known))
  })
})
