import { type Conditions, callConditions } from '@kumquat/cluster'
import {
  type Clock,
  type Filter,
  formatServiceKey,
  type Invocation,
  laneOf,
  type Reply,
  RpcError,
  remainingMs,
  type Service,
  type ServiceKey,
  systemClock,
} from '@kumquat/core'
import { boundedCache } from '../../bounded-cache.ts'
import { bodyOf } from '../../http/departing.ts'
import { integerIn } from '../../integer-in.ts'
import { refuseLate } from '../../not-sent.ts'
import { assertWithin } from '../../range.ts'
import { frozen } from './frozen.ts'
import { concerned, type Invalidations, type Question } from './invalidation.ts'
import { SharedFlight } from './shared-flight.ts'

export interface CachedOptions {
  /**
   * The calls whose answers are kept, as in `AccessRule`, such as `{ service: 'movie/catalog', method: 'get*' }`. Of them only
   * those of idempotent methods and for no peer in particular; not all of these only read, so there is no default.
   */
  readonly when: Conditions
  /** How long an answer is good, 1 to 86 400 000 ms. */
  readonly ttlMs: number
  /** How much longer it may be given while a new one is fetched, 0 to 86 400 000 ms. Default 0. */
  readonly staleMs?: number
  /** Answers kept at most, 1 to 1 000 000; those unused for longest go first. Default 1 000. */
  readonly max?: number
  /**
   * What answers differ by, beside service, version, method, arguments, lane and constraints: say so if they depend on
   * attachments, such as a user. Default nothing.
   */
  readonly key?: (call: Invocation) => string
  /** Says what is no longer true; listened to until the cache is disposed. */
  readonly invalidations?: Invalidations
  readonly clock?: Clock
}

/** A filter for `filters` of a consumer, and what it keeps. */
export interface Cache extends Filter<Invocation, Reply>, Disposable {
  /** Forgets the answers of a service, of one method, or of one call. Answers that are under way are not kept. */
  invalidate(service: ServiceKey, method?: string, args?: readonly unknown[]): void
  /** Forgets all. */
  clear(): void
  /** Answers kept. */
  readonly size: number
}

/**
 * Keeps answers for a time, and asks once for what several ask for at once. Failures are never kept. Of those who wait for one
 * answer each gives up by its own deadline or signal, and the call is ended only when all have. Answers are frozen, since
 * several have the same one. Staleness is RFC 5861's `stale-while-revalidate`.
 *
 * @throws RangeError on a number out of range, TypeError on bad conditions.
 */
export function cached({
  when,
  ttlMs,
  staleMs = 0,
  max = 1_000,
  key: more = () => '',
  invalidations,
  clock = systemClock,
}: CachedOptions): Cache {
  assertWithin('ttlMs', ttlMs, 1, 86_400_000)
  assertWithin('staleMs', staleMs, 0, 86_400_000)
  integerIn('max', max, 1, 1_000_000)
  const isAbout = callConditions(when, 'when')
  const answers = boundedCache<Answer>({ max, ttlMs: ttlMs + staleMs, clock })
  const flights = new Map<string, Flight>()
  let lines = 0

  const fly = (next: Service<Invocation, Reply>, call: Invocation, key: string, question: Question): SharedFlight => {
    const leave = (): void => {
      if (flights.get(key)?.shared === shared) flights.delete(key)
    }
    const shared = new SharedFlight(next, call, clock, leave)
    flights.set(key, { shared, question })
    shared.reply
      .then(({ value }) => {
        if (flights.get(key)?.shared !== shared) return
        answers.set(key, { question, reply: { value: frozen(value) }, freshUntil: clock.now() + ttlMs })
      }, leave)
      .finally(leave)
    return shared
  }
  const ask = async (
    next: Service<Invocation, Reply>,
    call: Invocation,
    key: string,
    question: Question,
  ): Promise<Reply> => {
    refuseLate(call, remainingMs(call, clock))
    const shared = flights.get(key)?.shared ?? fly(next, call, key, question)
    try {
      const { value } = await shared.join(call)
      return { value: frozen(value) }
    } catch (error) {
      // Another's time was over, not ours.
      const wasShort = RpcError.is(error) && error.code === 'deadline_exceeded' && shared.deadline < deadlineOf(call)
      if (!wasShort || remainingMs(call, clock) <= 0) throw error
      return await ask(next, call, key, question)
    }
  }
  const forget = (isConcerned: (question: Question) => boolean): void => {
    for (const key of [...answers.keys()]) if (isConcerned(answers.peek(key)!.question)) answers.delete(key)
    for (const [key, { question }] of flights) if (isConcerned(question)) flights.delete(key)
  }
  const filter: Filter<Invocation, Reply> = (next) => {
    // One for each version of a service that is asked for, which the call itself does not tell.
    const line = lines++
    return (call) => {
      if (!call.idempotent || call.peer !== undefined || !isAbout(call)) return next(call)
      const question = questionOf(call)
      const { service, method, argsText } = question
      const key = JSON.stringify([line, service, method, laneOf(call), call.constraints, more(call), argsText])
      if (key.length > MAX_KEY) return next(call)
      const answer = answers.get(key)
      if (answer === undefined) return ask(next, call, key, question)
      if (clock.now() >= answer.freshUntil && !flights.has(key)) fly(next, call, key, question).keep()
      return Promise.resolve(answer.reply)
    }
  }
  const listening = invalidations?.subscribe((invalidation) => forget(concerned(invalidation)))
  const cache = Object.assign(filter, {
    invalidate: (service: ServiceKey, method?: string, args?: readonly unknown[]) =>
      forget(concerned({ service, ...(method !== undefined && { method }), ...(args !== undefined && { args }) })),
    clear: () => forget(() => true),
    size: 0,
    [Symbol.dispose]: () => {
      listening?.[Symbol.dispose]()
      forget(() => true)
    },
  })
  return Object.defineProperty(cache, 'size', { get: () => answers.size })
}

interface Answer {
  readonly question: Question
  readonly reply: Reply
  readonly freshUntil: number
}

interface Flight {
  readonly question: Question
  readonly shared: SharedFlight
}

/** Greater arguments are not worth a place. */
const MAX_KEY = 16_384

const deadlineOf = ({ deadline = Number.POSITIVE_INFINITY }: Invocation): number => deadline

function questionOf(call: Invocation): Question {
  return { service: formatServiceKey(call.service), method: call.method, argsText: bodyOf(call) }
}
