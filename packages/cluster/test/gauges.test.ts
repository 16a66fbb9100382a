import { directory, type LoadMetric, type Peer, pending } from '@kumquat/cluster'
import { Cell, type Reply } from '@kumquat/core'
import { expect } from 'chai'
import { call, gate, record, wire } from './parts.ts'

/** A metric of its own, to be told from every other. */
const another = (): LoadMetric => () => pending()

async function onePeer(work: (peer: Peer, reply: { open(value: Reply): void }) => void | Promise<void>): Promise<void> {
  const line = wire()
  const reply = gate<Reply>()
  line.answer = () => reply.promise
  await using peers = directory({ records: new Cell([record(1)]), connect: line.connect })
  await work(peers.current[0]!, reply)
}

describe('the load of a peer', () => {
  it('is measured by every metric from the first question on', () =>
    onePeer((peer) => {
      const [early, late] = [another(), another()]
      peer.load(early)
      void peer.invoke(call())
      expect([peer.load(early), peer.load(late)]).to.deep.equal([1, 0])
      void peer.invoke(call())
      expect([peer.load(early), peer.load(late)]).to.deep.equal([2, 1])
    }))

  it('forgets the eldest metric when a fifth is asked for, and begins it anew', () =>
    onePeer((peer) => {
      const metrics = Array.from({ length: 5 }, another)
      for (const metric of metrics.slice(0, 4)) peer.load(metric)
      void peer.invoke(call())
      expect(metrics.map((metric) => peer.load(metric))).to.deep.equal([1, 1, 1, 1, 0])
      expect(peer.load(metrics[0]!)).to.equal(0)
    }))
})

describe('pending', () => {
  it('is known of every peer from the start, and takes no room from other metrics', () =>
    onePeer(async (peer, reply) => {
      const call1 = peer.invoke(call())
      expect(peer.load(pending)).to.equal(1)
      const metrics = Array.from({ length: 4 }, another)
      for (const metric of metrics) peer.load(metric)
      const call2 = peer.invoke(call())
      expect(metrics.map((metric) => peer.load(metric))).to.deep.equal([1, 1, 1, 1])
      expect(peer.load(pending)).to.equal(2)
      reply.open({ value: 1 })
      await Promise.all([call1, call2])
      expect(metrics.map((metric) => peer.load(metric))).to.deep.equal([0, 0, 0, 0])
      expect(peer.load(pending)).to.equal(0)
    }))
})
