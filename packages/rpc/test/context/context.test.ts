import { EventEmitter } from 'node:events'
import { type Invocation, remainingMs, sleep, systemClock } from '@kumquat/core'
import { memory } from '@kumquat/registry'
import { type Client, consumer, currentCall, method, provider, type ServedCall, service } from '@kumquat/rpc'
import { expect } from 'chai'

interface Seen {
  readonly attachments: ServedCall['attachments']
  readonly caller: string
  readonly traceparent: string | undefined
  readonly leftMs: number
}

const seen = (): Seen => {
  const call = currentCall()!
  const { attachments, caller, arrived } = call
  const { traceparent } = arrived
  return { attachments, caller, traceparent, leftMs: remainingMs(call, systemClock) }
}

@service({ app: 'chain', group: 'last' })
class Last {
  @method()
  see(): readonly Seen[] {
    return [seen()]
  }
}

/** Calls the next one, and says what it saw itself in the end, after that. */
@service({ app: 'chain', group: 'middle' })
class Middle {
  readonly #next: Client<Last>

  constructor(next: Client<Last>) {
    this.#next = next
  }

  @method()
  async see(): Promise<readonly Seen[]> {
    await sleep(systemClock, 1)
    const further = await this.#next.see()
    return [seen(), ...further]
  }
}

@service({ app: 'chain', group: 'first' })
class First {
  readonly #next: Client<Middle>

  constructor(next: Client<Middle>) {
    this.#next = next
  }

  @method()
  async see(): Promise<readonly Seen[]> {
    const [further] = await Promise.all([this.#next.see(), sleep(systemClock, 2)])
    return [seen(), ...further]
  }
}

describe('the current call', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

  it('goes on through every hop over HTTP, without anybody passing it', async () => {
    const registry = memory()
    const commons = { registry, snapshot: false as const, register: false }
    await using web = await consumer({
      ...commons,
      caller: 'web',
      attemptFilters: [(next) => (call: Invocation) => next({ ...call, headers: { traceparent } })],
    })
    await using first = await consumer({ ...commons, caller: 'first' })
    await using middle = await consumer({ ...commons, caller: 'middle', timeoutMs: 60_000 })
    const services = [new First(first.client(Middle)), new Middle(middle.client(Last)), new Last()]
    await using _ = await provider({ registry, services, signals: [], quietMs: 0 })

    const attachments = { lane: 'gray', priority: 'bulk', user: 'Zoë' }
    const client = web.client(First).with({ timeoutMs: 2_000, attachments })
    const hops = await Promise.all(Array.from({ length: 10 }, () => client.see()))
    for (const hop of hops) {
      expect(hop.map(({ caller }) => caller)).to.deep.equal(['web', 'first', 'middle'])
      for (const one of hop) {
        expect(one.attachments).to.deep.equal(attachments)
        expect(one.traceparent).to.equal(traceparent)
        expect(one.leftMs).to.be.at.most(2_000)
      }
    }
  })

  it('is that of the method in timers, microtasks and events that it started, and each has its own', async () => {
    @service({ app: 'chain', group: 'alone' })
    class Alone {
      @method()
      async callers(): Promise<readonly (string | undefined)[]> {
        const callers: (string | undefined)[] = []
        const note = (): void => {
          const { user } = currentCall()!.attachments
          callers.push(user)
        }
        const events = new EventEmitter().on('event', note)
        queueMicrotask(note)
        setImmediate(note)
        process.nextTick(() => events.emit('event'))
        await sleep(systemClock, 5)
        note()
        return callers
      }
    }
    const registry = memory()
    await using web = await consumer({ registry, snapshot: false })
    await using _ = await provider({ registry, services: [new Alone()], signals: [], quietMs: 0 })
    const users = Array.from({ length: 20 }, (_, index) => `user ${index}`)
    const answers = await Promise.all(users.map((user) => web.client(Alone).with({ attachments: { user } }).callers()))
    expect(answers).to.deep.equal(users.map((user) => [user, user, user, user]))
    expect(currentCall()).to.equal(undefined)
  })

  it('keeps the lane, though more is attached at each hop than a header holds', async () => {
    const registry = memory()
    const more = (name: string) => (next: (call: Invocation) => Promise<{ value: unknown }>) => (call: Invocation) =>
      next({ ...call, attachments: { ...call.attachments, [name]: 'x'.repeat(3_500) } })
    const commons = { registry, snapshot: false as const, register: false }
    await using web = await consumer({ ...commons, filters: [more('a')] })
    await using first = await consumer({ ...commons, filters: [more('b')] })
    await using middle = await consumer({ ...commons, filters: [more('c')] })
    const services = [new First(first.client(Middle)), new Middle(middle.client(Last)), new Last()]
    await using _ = await provider({ registry, services, signals: [], quietMs: 0 })
    const hops = await web.client(First).with({ lane: 'gray' }).see()
    for (const { attachments } of hops) expect(attachments).to.include({ lane: 'gray' })
    expect(Object.keys(hops[2]!.attachments)).to.have.members(['lane', 'a', 'b'])
  })
})
