import { Socket } from 'node:net'
import { expect } from 'chai'
import { Introductions } from '../../src/http/introductions.ts'

describe('Introductions', () => {
  it('are due with the first answer on each connection, then after a tenth of a second', () => {
    const introductions = new Introductions()
    const [one, other] = [new Socket(), new Socket()]
    const due = (socket: Socket, ...times: readonly number[]) => times.map((now) => introductions.due(socket, now))
    expect(due(one, 0, 1, 99.9, 100, 101, 199, 5_000)).to.deep.equal([true, false, false, true, false, false, true])
    expect(due(other, 5_000, 5_001)).to.deep.equal([true, false])
  })
})
