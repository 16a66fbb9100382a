import type { Peers, Router } from '@kumquat/cluster'
import type { Invocation } from '@kumquat/core'
import { expect } from 'chai'
import { forgotten, peer } from '../parts.ts'

/** What every router must do, whatever its rule. `questions` are calls that it may answer differently. */
export function routerContract(name: string, make: () => Router, questions: readonly Invocation[]): void {
  const set = (): Peers => [
    peer(1, { version: 'V1', zone: 'a' }),
    peer(2, { version: 'V2', zone: 'b', gray: true, tags: { tag: 'blue' } }),
    peer(3, { version: 'V2', zone: 'a', tags: { tag: 'green' } }),
    peer(4, { version: '2.1.0' }),
  ]

  describe(`${name}, as every router,`, () => {
    it('invents no peer, names none twice, and keeps their order', () => {
      const peers = set()
      for (const question of questions) {
        const places = make()(peers, question).map((one) => peers.indexOf(one))
        expect(places).to.deep.equal([...new Set(places)].sort())
        expect(places).to.not.include(-1)
      }
    })

    it('answers equal questions about one set with the very same array', () => {
      const route = make()
      const peers = set()
      for (const question of questions) {
        expect(route(peers, question)).to.equal(route(peers, { ...question, args: ['other'] }))
      }
    })

    it('answers for each set by itself', () => {
      const route = make()
      for (const question of questions) {
        route(set(), question)
        const fresh = set()
        for (const one of route(fresh, question)) expect(fresh).to.include(one)
        expect(route([], question)).to.have.length(0)
      }
    })

    it('forgets a set that nobody else holds', async () => {
      const route = make()
      const use = (): WeakRef<Peers> => {
        const peers = set()
        for (const question of questions) route(peers, question)
        return new WeakRef(peers)
      }
      await forgotten(use())
      expect(route([], questions[0]!)).to.have.length(0)
    })
  })
}
