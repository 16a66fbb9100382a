import { readFile } from 'node:fs/promises'
import * as kit from '@kumquat/rpc/testing'
import { expect } from 'chai'

describe('docs/guides/testing.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')
  const guide = () => read('../../../../docs/guides/testing.md')

  it('shows the very code that these tests compile and run', async () => {
    const [example] = [...(await guide()).matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    expect(example).to.equal(await read('bad-days.test.ts'))
  })

  it('lists all that the kit holds, and nothing else', async () => {
    const listed = [...(await guide()).matchAll(/^\| `(\w+)/gm)].map(([, name]) => name)
    expect(listed).to.have.members(Object.keys(kit))
  })
})
