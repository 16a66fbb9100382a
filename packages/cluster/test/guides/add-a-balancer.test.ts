import { readFile } from 'node:fs/promises'
import { expect } from 'chai'

describe('docs/guides/add-a-balancer.md', () => {
  it('shows the very code that these tests compile and run', async () => {
    const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')
    const guide = await read('../../../../docs/guides/add-a-balancer.md')
    const blocks = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    expect(blocks).to.have.length(2)
    expect(await read('two-choices.ts')).to.equal(blocks[0])
    expect(await read('two-choices.test.ts')).to.include(blocks[1])
  })
})
