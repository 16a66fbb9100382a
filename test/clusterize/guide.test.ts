import { readFile } from 'node:fs/promises'
import { MERGERS } from '@kumquat/cluster'
import { expect } from 'chai'

describe('docs/guides/clusterize.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

  it('shows the very code that these tests compile and run', async () => {
    const guide = await read('../../docs/guides/clusterize.md')
    const [made, ...uses] = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    expect(made).to.equal(await read('redis-nodes.ts'))
    expect(uses).to.have.length(1)
    const tests = await read('redis-nodes.test.ts')
    for (const [, call] of uses[0]!.matchAll(/^await (redis\.\w+\(.*?\)) /gm)) expect(tests).to.include(call)
  })

  it('names every merger, and no other', async () => {
    const guide = await read('../../docs/guides/clusterize.md')
    const named = [...guide.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
    expect(named).to.have.members(Object.keys(MERGERS))
  })
})
