import { readFile } from 'node:fs/promises'
import { expect } from 'chai'

describe('docs/guides/contracts.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')
  const guide = () => read('../../../../docs/guides/contracts.md')

  it('shows the very code that these tests compile and run', async () => {
    const examples = [...(await guide()).matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    expect(examples).to.deep.equal([await read('movie-contract.test.ts'), await read('../contract/typebox-schema.ts')])
  })

  it('lists every option of a method, and no other', async () => {
    const listed = [...(await guide()).matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
    const source = await read('../../src/contract/method-options.ts')
    const [, body] = /interface MethodOptions.*?\{\n(.*?)\n\}/s.exec(source)!
    const fields = [...body!.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, field]) => field)
    expect(listed).to.have.members(fields)
  })
})
