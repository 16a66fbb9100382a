import { RpcError } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { tracing } from '@kumquat/rpc'
import { context, SpanKind } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { expect } from 'chai'
import { type Chain, chain } from './chain.ts'

describe('a chain of three services', () => {
  let running: Chain
  const failure = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'it went well',
      (error: unknown) => (RpcError.is(error) ? [error.code, error.outcome] : error),
    )

  describe('without an SDK for traces', () => {
    before(async () => {
      running = await chain({
        filters: [(next) => (call) => next({ ...call, headers: { ...call.headers, traceparent } })],
      })
      // The first call of all is the slowest.
      await running.front.see(0)
    })
    beforeEach(() => {
      running.back.events.length = 0
    })
    after(() => running[Symbol.asyncDispose]())
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

    it('lets each see what is left of the time that the first was given', async () => {
      // A busy machine may need more than one try.
      const [front, middle, back] = await eventually(() => running.front.with({ timeoutMs: 300 }).see(10))
      expect(front!.leftMs).to.be.within(1, 300)
      expect(middle!.leftMs).to.be.below(front!.leftMs - 5)
      expect(back!.leftMs).to.be.below(middle!.leftMs - 5)
      expect(back!.leftMs).to.be.above(0)
    })

    it('ends at the deadline of the first, all of it', async () => {
      await eventually(async () => {
        const [code] = (await failure(running.front.with({ timeoutMs: 300 }).hold())) as readonly string[]
        expect(code).to.equal('deadline_exceeded')
        expect(running.back.events).to.include('entered')
      })
      await eventually(() => expect(running.back.events).to.include('aborted'))
    })

    it('does not ask the last for what nobody waits for any more', async () => {
      expect(await failure(running.front.with({ timeoutMs: 300 }).see(200))).to.include('deadline_exceeded')
      // Time for a call that should not come: its caller has 200 ms to go when the first gives up.
      await failure(running.front.with({ timeoutMs: 300 }).hold())
      expect(running.back.events).not.to.include('see')
    })

    it('lets the last know when the first is aborted', async () => {
      const aborting = new AbortController()
      const held = failure(running.front.with({ signal: aborting.signal }).hold())
      await eventually(() => expect(running.back.events).to.deep.equal(['entered']))
      aborting.abort()
      expect(await held).to.deep.equal(['canceled', 'unknown'])
      await eventually(() => expect(running.back.events).to.deep.equal(['entered', 'aborted']))
    })

    it('carries lane and attachments to the last, and tells each who calls it', async () => {
      const attachments = { user: 'Ann, "=;%ä' }
      const whole = await running.front.with({ lane: 'gray', attachments }).see(0)
      expect(whole.map(({ caller }) => caller)).to.deep.equal(['web', 'front', 'middle'])
      for (const hop of whole) expect(hop.attachments).to.deep.equal({ lane: 'gray', ...attachments })
    })

    it('carries a trace to the last as it came', async () => {
      const whole = await running.front.see(0)
      expect(whole.map((hop) => hop.traceparent)).to.deep.equal([traceparent, traceparent, traceparent])
    })
  })

  describe('with OpenTelemetry', () => {
    const exporter = new InMemorySpanExporter()
    const sdk = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

    before(async () => {
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
      running = await chain({ spans: await tracing({ tracer: sdk.getTracer('chain') }) })
    })
    beforeEach(() => exporter.reset())
    after(async () => {
      await running[Symbol.asyncDispose]()
      context.disable()
    })
    /** From the outermost to the innermost, each the parent of the next. */
    const lineage = (): readonly ReadableSpan[] => {
      const spans = exporter.getFinishedSpans()
      const line: ReadableSpan[] = []
      for (;;) {
        const parent = line.at(-1)?.spanContext().spanId
        const next = spans.find(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
        if (next === undefined) return line
        line.push(next)
      }
    }

    it('is one trace, each hop within the one before', async () => {
      await running.front.with({ timeoutMs: 5_000 }).see(5)
      await eventually(() => expect(exporter.getFinishedSpans()).to.have.length(9))
      const spans = exporter.getFinishedSpans()
      expect(new Set(spans.map((span) => span.spanContext().traceId)).size).to.equal(1)
      const kinds = [SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.SERVER]
      expect(lineage().map(({ name, kind }) => [name, kind])).to.deep.equal(
        ['front', 'middle', 'back'].flatMap((group) => kinds.map((kind) => [`chain/${group}/see`, kind])),
      )
    })

    it('is a trace for each call, of many at once', async () => {
      await Promise.all(Array.from({ length: 20 }, () => running.front.with({ timeoutMs: 5_000 }).see(5)))
      await eventually(() => expect(exporter.getFinishedSpans()).to.have.length(180))
      const sizes = new Map<string, number>()
      for (const span of exporter.getFinishedSpans()) {
        const { traceId } = span.spanContext()
        sizes.set(traceId, (sizes.get(traceId) ?? 0) + 1)
      }
      expect([...sizes.values()]).to.deep.equal(Array.from({ length: 20 }, () => 9))
    })

    it('ends every span of a call that is aborted', async () => {
      const aborting = new AbortController()
      const held = failure(running.front.with({ signal: aborting.signal }).hold())
      await eventually(() => expect(running.back.events).to.include('entered'))
      aborting.abort()
      await held
      await eventually(() => expect(exporter.getFinishedSpans()).to.have.length(9))
      expect(lineage()).to.have.length(9)
    })
  })
})
