import { sleep, systemClock } from '@kumquat/core'
import { expect } from 'chai'
import type { BeginStreams } from './stream-stage.ts'

/** That a slow reader makes a slow producer. */
export function pressure(begin: BeginStreams): void {
  it('produces no more than its reader takes, but for what is on the way', async () => {
    const { feeds, stream } = await begin()
    const iterator = stream('blocks', [65_536])[Symbol.asyncIterator]()
    await iterator.next()
    const settled = async (): Promise<number> => {
      for (let before = -1; before !== feeds.made; ) {
        before = feeds.made
        await sleep(systemClock, 100)
      }
      return feeds.made
    }
    const ahead = await settled()
    // 64 KiB each: the buffers of two sockets, of the writer and of the reader.
    expect(ahead).to.be.lessThan(400)
    for (let taken = 0; taken < 500; taken++) await iterator.next()
    expect((await settled()) - 501).to.be.lessThan(400)
    expect(feeds.made).to.be.greaterThan(500)
    await iterator.return?.()
  })
}
