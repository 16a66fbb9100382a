import { type GrayFallback, type GrayOptions, gray, type Peers } from '@kumquat/cluster'
import { GRAY_LANE, LANE } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, peer } from '../parts.ts'
import { routerContract } from './contract.ts'

const grayCall = call({ attachments: { [LANE]: GRAY_LANE } })
routerContract('gray', () => gray(), [call(), grayCall])
routerContract('gray without a way back', () => gray({ fallback: 'fail' }), [call(), grayCall])

describe('gray', () => {
  const stable = peer(1)
  const released = peer(2, { gray: true })
  const route = (peers: Peers, invocation = call(), options?: GrayOptions): Peers => gray(options)(peers, invocation)

  it('gives gray peers the calls of the gray lane, and no others', () => {
    const peers = [stable, released]
    expect(route(peers)).to.deep.equal([stable])
    expect(route(peers, call({ attachments: { [LANE]: 'blue' } }))).to.deep.equal([stable])
    expect(route(peers, grayCall)).to.deep.equal([released])
  })

  it('leaves a stable call nobody rather than a gray peer', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.string(), fc.constantFrom('stable', 'fail'), (flags, lane, fallback) => {
        fc.pre(lane !== GRAY_LANE)
        const peers = flags.map((isGray, n) => peer(n, { gray: isGray }))
        const left = route(peers, call({ attachments: { [LANE]: lane } }), { fallback: fallback as 'stable' | 'fail' })
        expect(left).to.deep.equal(peers.filter(({ record }) => !record.gray))
      }),
    )
  })

  it('sends a gray call to the stable peers when there is no gray one', () => {
    expect(route([stable], grayCall)).to.deep.equal([stable])
  })

  it('does so too when every gray peer is out of rotation', () => {
    const resting = peer(3, { gray: true, weight: 0 })
    expect(route([stable, resting], grayCall)).to.deep.equal([stable])
    expect(route([stable, resting, released], grayCall)).to.deep.equal([resting, released])
  })

  it('prefers gray peers without weight to nobody, and to stable peers without', () => {
    const resting = peer(3, { gray: true, weight: 0 })
    expect(route([resting], grayCall)).to.deep.equal([resting])
    expect(route([resting, peer(4, { weight: 0 })], grayCall)).to.deep.equal([resting])
  })

  it('keeps a gray call off the stable peers if told so', () => {
    expect(route([stable], grayCall, { fallback: 'fail' })).to.deep.equal([])
  })

  it('asks with every call whether it may fall back, if it is given a function', () => {
    let fallback: GrayFallback = 'stable'
    const router = gray({ fallback: () => fallback })
    const peers = [stable]
    expect(router(peers, grayCall)).to.equal(peers)
    fallback = 'fail'
    expect(router(peers, grayCall)).to.deep.equal([])
    expect(router(peers, call())).to.deep.equal([stable])
    expect(router([stable, released], grayCall)).to.deep.equal([released])
  })

  it('hands on the very array if nobody has to go', () => {
    const peers = [stable, peer(5)]
    expect(route(peers)).to.equal(peers)
    expect(route(peers, grayCall)).to.equal(peers)
  })

  it('says what it asks, and why a peer is not left', () => {
    const router = gray()
    expect(router.asks?.(call())).to.equal('in lane stable')
    expect(router.asks?.(call({ attachments: { [LANE]: 'blue' } }))).to.equal('in lane stable')
    expect(router.asks?.(grayCall)).to.equal('in lane gray')
    expect(router.why?.(released, call())).to.equal('it is gray')
    expect(router.why?.(released, grayCall)).to.equal('no gray peer has weight')
    expect(router.why?.(stable, grayCall)).to.equal('it is not gray')
  })
})
