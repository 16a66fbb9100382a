import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'
import { Heartbeat } from '../../../../src/stores/zookeeper/child/heartbeat.ts'

describe('Heartbeat', () => {
  let asked: number
  let settle: (() => void)[]
  let heartbeat: Heartbeat

  beforeEach(() => {
    asked = 0
    settle = []
    heartbeat = new Heartbeat(1_000, () => {
      asked += 1
      return new Promise((resolve, reject) => {
        settle.push(() => (asked % 2 === 0 ? resolve(undefined) : reject(new Error('refused'))))
      })
    })
  })

  const looks = (times: number): number[] => Array.from({ length: times }, () => heartbeat.look(200))

  it('asks every so often, and takes any answer for a sign of life', async () => {
    for (let i = 1; i <= 3; i += 1) {
      expect(looks(5)).to.deep.equal([0, 0, 0, 0, 0])
      expect(asked).to.equal(i)
      settle.shift()?.()
      await eventually(() => expect(heartbeat.look(0)).to.equal(0))
    }
  })

  it('counts from the question for how long there was no answer, and asks no other one', async () => {
    looks(5)
    expect(looks(4)).to.deep.equal([200, 400, 600, 800])
    expect(asked).to.equal(1)
    settle.shift()?.()
    await eventually(() => expect(heartbeat.look(0)).to.equal(0))
  })
})
