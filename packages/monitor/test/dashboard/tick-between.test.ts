import { Cell, providerRecord } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import type { CatalogEntry } from '@kumquat/monitor'
import { expect } from 'chai'
import { Board } from '../../src/dashboard/board.ts'
import { tickBetween } from '../../src/dashboard/tick-between.ts'

const entry = (group: string, weight = 100): CatalogEntry => ({
  service: { app: 'movie', group },
  records: [providerRecord({ host: '10.0.0.1', port: 1, weight })],
})

describe('tickBetween', () => {
  it('tells only of services that changed, each with its newest point, and of those that are gone', async () => {
    const clock = handClock()
    const catalog = new Cell<readonly CatalogEntry[]>([entry('a'), entry('b'), entry('c')])
    const board = new Board({ catalog, clock, registry: { current: { url: 'memory:', state: 'connected', since: 0 } } })
    const first = board.advance()
    catalog.set([entry('a'), entry('b', 7), entry('d')])
    await clock.advance(1_000)
    const second = board.advance()
    const { changed, gone, ...rest } = tickBetween(first, second)
    expect(changed.map(({ key }) => key)).to.deep.equal(['movie/b', 'movie/c', 'movie/d'])
    for (const { history } of changed) expect(history).to.deep.equal([second.history.at(-1)])
    expect(gone).to.deep.equal([])
    const { seq, at, registry, scrape, totals, history } = second
    expect(rest).to.deep.equal({ seq, at, registry, scrape, totals, point: history.at(-1) })

    await clock.advance(301_000)
    expect(tickBetween(second, board.advance())).to.deep.include({ changed: [], gone: ['movie/c'] })
  })
})
