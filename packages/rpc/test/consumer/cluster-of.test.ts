import { failfast, type Peers, type StrategyCommons, type StrategyFactory } from '@kumquat/cluster'
import { Cell, RpcError, seededRng } from '@kumquat/core'
import { handClock, recordingLogger } from '@kumquat/core/testing'
import { fakePeer, fakePeers } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { type ClusterOptions, clusterOf } from '../../src/consumer/cluster-of.ts'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'

describe('clusterOf()', () => {
  const setup = (options: ClusterOptions = {}) => {
    const clock = handClock()
    const logger = recordingLogger()
    return { logger, clock, over: clusterOf(options, { clock, rng: seededRng(1), logger }) }
  }
  const call = calling('rent', [1], { deadline: 5_000 })
  const refused = () => Promise.reject(new RpcError('unavailable', 'refused', { outcome: 'not-run' }))

  it('takes strategies by name, and changes them while it runs', async () => {
    const strategy = new Cell('failfast')
    const { over } = setup({ strategy })
    const peers = fakePeers(100, 100, 100)
    for (const peer of peers) peer.answer = refused
    const invoke = over(new Cell<Peers>(peers))('')
    const attempts = (): number => peers.reduce((sum, { calls }) => sum + calls.length, 0)
    await rejection(invoke(call))
    expect(attempts()).to.equal(1)
    strategy.set('available')
    await rejection(invoke(call))
    expect(attempts()).to.equal(2)
    strategy.set('broadcast')
    await rejection(invoke(call))
    expect(attempts()).to.equal(5)
  })

  it('makes strategies by name with the one budget, the zone, clock and chance of the consumer', () => {
    const seen: StrategyCommons[] = []
    const mine: StrategyFactory = (commons) => {
      seen.push(commons)
      return failfast()
    }
    const { clock } = setup({ strategy: 'mine', strategies: { mine }, zone: 'eu' })
    expect(seen).to.have.length(1)
    expect(seen[0]).to.include.keys('budget', 'rng', 'onFailure', 'onDrop').and.to.have.property('zone', 'eu')
    expect(seen[0]!.clock!.now()).to.equal(clock.now())
    setup({ strategy: 'mine', strategies: { mine } })
    expect(seen[1]).not.to.have.property('zone')
  })

  it('writes to the log what its caller is not told', async () => {
    const { over, logger } = setup({ strategy: 'failsafe' })
    const peer = fakePeer(1)
    peer.answer = refused
    expect(await over(new Cell<Peers>([peer]))('')(call)).to.deep.equal({ value: undefined })
    expect(logger.lines).to.have.length(1)
    expect(logger.lines[0]).to.deep.include({ level: 'warn', message: 'a call failed, and its caller was not told' })
    expect(logger.lines[0]!.facts).to.include({ service: 'movie/catalog', method: 'rent' })
  })

  it('gives each service a balancer of its own, and all versions of a service the same', async () => {
    let made = 0
    const { over } = setup({
      balance: 'mine',
      balancers: {
        mine: () => {
          made++
          return (peers) => peers[0]
        },
      },
    })
    const before = made
    const service = over(new Cell<Peers>(fakePeers(1)))
    service('')
    service('V1')
    over(new Cell<Peers>(fakePeers(1)))('')
    expect(made - before).to.equal(2)
  })

  it('asks for the version, then for the constraints of the call, then by the route', async () => {
    const { over } = setup()
    const peers = [
      fakePeer(1, { version: '1.0.0' }),
      fakePeer(2, { version: '2.0.0' }),
      fakePeer(3, { version: '2.1.0', gray: true }),
      fakePeer(4, { version: '2.2.0', tags: { disk: 'ssd' } }),
    ]
    const invoke = over(new Cell<Peers>(peers))('^2.0.0')
    expect(await invoke({ ...call, attachments: { lane: 'gray' } })).to.deep.equal({ value: peers[2]!.record.id })
    const constraints = { tags: { disk: 'ssd' } }
    expect(await invoke({ ...call, constraints })).to.deep.equal({ value: peers[3]!.record.id })
    const error = await rejection(invoke({ ...call, constraints: { tags: { disk: 'hdd' } } }))
    expect(error.message).to.contain('4 known, 3 of version "^2.0.0", none with tag disk "hdd"')
  })
})
