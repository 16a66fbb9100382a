import { type HttpConnectOptions, type HttpListenOptions, httpConnect, httpListen } from '@kumquat/rpc'
import { expect } from 'chai'

describe('the limits of HTTP', () => {
  const bounds: readonly (readonly [keyof HttpListenOptions, least: number, most: number])[] = [
    ['maxDepth', 1, 1_000],
    ['maxArguments', 1, 10_000],
    ['maxHeaders', 8, 2_000],
    ['maxHeaderBytes', 1_024, 1_048_576],
    ['headersTimeoutMs', 100, 10_000],
    ['requestTimeoutMs', 100, 86_400_000],
    ['keepAliveTimeoutMs', 1, 86_400_000],
    ['maxConnections', 1, 1_000_000],
    ['maxRequestsPerConnection', 0, 1_000_000_000],
    ['compressFromBytes', 0, 1_073_741_824],
  ]
  for (const [name, least, most] of bounds) {
    it(`are from ${least} to ${most} for ${name}`, () => {
      for (const value of [least, most]) expect(httpListen({ [name]: value })).to.be.a('function')
      for (const value of [least - 1, most + 1, least + 0.5, Number.NaN]) {
        expect(() => httpListen({ [name]: value })).to.throw(RangeError, `${name} must be an integer`)
      }
    })
  }
  const ours: readonly (readonly [keyof HttpConnectOptions, least: number, most: number])[] = [
    ['connections', 1, 1_024],
    ['maxPending', 1, 1_000_000],
    ['connectTimeoutMs', 1, 60_000],
    ['maxAnswerBytes', 1, 1_073_741_824],
    ['packFromBytes', 0, 1_073_741_824],
  ]
  for (const [name, least, most] of ours) {
    it(`of a consumer are from ${least} to ${most} for ${name}`, () => {
      for (const value of [least, most]) expect(httpConnect({ [name]: value })).to.be.a('function')
      for (const value of [least - 1, most + 1, least + 0.5, Number.NaN]) {
        expect(() => httpConnect({ [name]: value })).to.throw(RangeError, `${name} must be an integer`)
      }
    })
  }
  it('leave headers no more time than the whole request', () => {
    expect(httpListen({ requestTimeoutMs: 200 })).to.be.a('function')
    expect(() => httpListen({ requestTimeoutMs: 200, headersTimeoutMs: 201 })).to.throw(RangeError, 'to 200, got 201')
  })
})
