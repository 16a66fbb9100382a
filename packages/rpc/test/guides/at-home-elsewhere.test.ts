import { readFile } from 'node:fs/promises'
import { expect } from 'chai'

describe('docs/guides/at-home-elsewhere.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

  it('shows the very code that these tests compile and run', async () => {
    const page = await read('../../../../docs/guides/at-home-elsewhere.md')
    const examples = [...page.matchAll(/```ts run\n(.*?)```/gs)].map(([, code]) => code)
    expect(examples).to.deep.equal([await read('at-home-fastify.test.ts'), await read('at-home-express.test.ts')])
  })
})
