import { readFile } from 'node:fs/promises'
import { silent } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { memory } from '@kumquat/registry'
import { consumer, memoryTransport, provider } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { callMovies } from './calling-movies.ts'

describe('docs/guides/calling.md', () => {
  const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), 'utf8')

  it('shows the very code that these tests compile and run', async () => {
    const guide = await read('../../../../docs/guides/calling.md')
    const [example] = [...guide.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code!)
    expect(example).to.equal(await read('calling-movies.ts'))
  })

  it('calls in every way that it shows', async () => {
    await using registry = memory()
    const { connect, listen } = memoryTransport()
    const providing = { registry, listen, quietMs: 0, logger: silent }
    await using first = await provider({ ...providing, services: [new Movies()] })
    await using _second = await provider({ ...providing, services: [new Movies()] })
    await using calls = await consumer({ registry, connect, logger: silent })
    await eventually(() => expect(calls.peers({ app: 'movie', group: 'catalog' }).current).to.have.length(2))
    const movie = { id: 42, title: 'Movie 42' }
    const { answers, ...others } = await callMovies(calls, first.address)
    expect(others).to.deep.equal({
      ...{ movie, mine: movie, there: movie, untyped: movie, failed: [] },
      ...{ rented: '42 for 3 days', early: '42 for 7 days' },
    })
    expect(answers.map(({ value }) => value)).to.deep.equal(['42 for 7 days', '42 for 7 days'])
  })
})
