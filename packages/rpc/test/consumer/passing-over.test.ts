import { type Endpoint, providerRecord, type Status } from '@kumquat/core'
import { expect } from 'chai'
import { passingOver } from '../../src/consumer/passing-over.ts'

describe('passingOver()', () => {
  it('makes an open endpoint a busy one for as long as it is the last resort, and leaves a worse status alone', () => {
    let own: Status = 'open'
    let isLastResort = false
    const endpoint: Endpoint = {
      invoke: async () => ({ value: 1 }),
      get status() {
        return own
      },
      async [Symbol.asyncDispose]() {},
    }
    const passed = passingOver(
      () => endpoint,
      () => isLastResort,
    )(providerRecord({ host: 'a', port: 1 }))
    expect(passed.status).to.equal('open')
    isLastResort = true
    expect(passed.status).to.equal('busy')
    own = 'closed'
    expect(passed.status).to.equal('closed')
  })
})
