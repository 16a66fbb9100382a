import { type Invocation, type Reply, RpcError } from '@kumquat/core'
import { memory } from '@kumquat/registry'
import { type Client, consumer, method, proven, provider, service, type Tracing, tracing } from '@kumquat/rpc'
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { served } from '../served.ts'
import { calling } from '../serving.ts'

describe('tracing()', () => {
  const exporter = new InMemorySpanExporter()
  const sdk = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  const tracer = sdk.getTracer('test')
  const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  let spans: Tracing

  before(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    spans = await tracing({ tracer })
  })
  beforeEach(() => exporter.reset())
  after(() => context.disable())

  const answering = async (): Promise<Reply> => ({ value: 1 })

  it('makes a server span within the trace that a call came with', async () => {
    let active: string | undefined
    const serve = spans.served(async () => {
      await Promise.resolve()
      active = trace.getActiveSpan()?.spanContext().spanId
      return { value: 1 }
    })
    await serve(served('rent', [], { arrived: { traceparent: parent, tracestate: 'a=1' }, caller: 'web' }))
    const [span] = exporter.getFinishedSpans()
    expect(span).to.include({ name: 'movie/catalog/rent', kind: SpanKind.SERVER })
    expect(span!.spanContext()).to.include({ traceId: parent.slice(3, 35), spanId: active })
    expect(span!.parentSpanContext).to.include({ spanId: parent.slice(36, 52), isRemote: true })
    expect(span!.attributes).to.deep.equal({
      ...{ 'rpc.system': 'kumquat', 'rpc.service': 'movie/catalog', 'rpc.method': 'rent', 'kumquat.lane': 'stable' },
      ...{ 'network.peer.address': '10.0.0.9', 'kumquat.caller': 'web' },
    })
  })

  it('begins a trace where none came, or garbage, whatever is active around it', async () => {
    for (const traceparent of [undefined, 'garbage']) {
      await context.with(trace.setSpan(ROOT_CONTEXT, tracer.startSpan('around')), () =>
        spans.served(answering)(served('rent', [], { arrived: { traceparent } })),
      )
    }
    for (const span of exporter.getFinishedSpans()) expect(span.parentSpanContext).to.equal(undefined)
  })

  it('names the caller that was proven inside', async () => {
    const call = served('rent', [], { caller: 'admin' })
    await spans.served(async (arrived) => ({ value: proven(arrived, 'web') }))(call)
    expect(exporter.getFinishedSpans()[0]!.attributes).to.include({ 'kumquat.caller': 'web' })
  })

  it('sends with each attempt where it stands in the trace', async () => {
    const sent: Invocation[] = []
    const attempt = spans.attempts(async (call) => {
      sent.push(call)
      return { value: 1 }
    })
    await attempt(calling('rent', [], { headers: { accept: 'x', traceparent: parent }, attempt: 2 }))
    const [span] = exporter.getFinishedSpans()
    expect(span).to.include({ kind: SpanKind.CLIENT })
    expect(span!.attributes).to.include({ 'kumquat.attempt': 2 })
    expect(span!.spanContext().traceId).to.equal(parent.slice(3, 35))
    const traceparent = `00-${span!.spanContext().traceId}-${span!.spanContext().spanId}-01`
    expect(sent[0]!.headers).to.deep.equal({ accept: 'x', traceparent })
  })

  it('lets a trace pass through where no SDK is registered', async () => {
    const { attempts } = await tracing()
    const passed = await attempts(async (call) => ({ value: call.headers }))(
      calling('rent', [], { headers: { traceparent: parent } }),
    )
    expect(passed.value).to.deep.equal({ traceparent: parent })
    const fresh = await attempts(async (call) => ({ value: call.headers }))(calling('rent'))
    expect(fresh.value).to.deep.equal({})
  })

  it('tells the code of a failure and the exception, and lets it pass', async () => {
    const failure = new RpcError('unavailable', 'nobody listens')
    const thrown = await spans
      .calls(() => Promise.reject(failure))(calling('rent'))
      .catch((error: unknown) => error)
    expect(thrown).to.equal(failure)
    const [span] = exporter.getFinishedSpans()
    expect(span!.status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'nobody listens' })
    expect(span!.attributes).to.include({ 'error.type': 'unavailable' })
    expect(span!.events[0]!.name).to.equal('exception')
  })

  it('holds a fault of the caller against nobody at the server, and every fault against a client', async () => {
    const failing = () => Promise.reject(new RpcError('not_found', 'no such movie'))
    await rejection(spans.served(failing)(served('rent')))
    await rejection(spans.attempts(failing)(calling('rent')))
    await rejection(spans.served(() => Promise.reject(new RpcError('internal', 'broken')))(served('rent')))
    expect(exporter.getFinishedSpans().map(({ status }) => status.code)).to.deep.equal([
      ...[SpanStatusCode.UNSET, SpanStatusCode.ERROR, SpanStatusCode.ERROR],
    ])
  })

  it('makes one trace of a chain of services over HTTP', async () => {
    @service({ app: 'shop', group: 'back' })
    class Back {
      @method()
      stock(): number {
        return 3
      }
    }
    @service({ app: 'shop', group: 'front' })
    class Front {
      readonly #back: Client<Back>

      constructor(back: Client<Back>) {
        this.#back = back
      }

      @method()
      offer(): Promise<number> {
        return this.#back.stock()
      }
    }
    const registry = memory()
    const traced = { registry, filters: [spans.calls], attemptFilters: [spans.attempts], snapshot: false as const }
    await using web = await consumer({ ...traced, caller: 'web' })
    await using front = await consumer({ ...traced, caller: 'front' })
    const services = [new Front(front.client(Back)), new Back()]
    await using serving = await provider({ registry, services, tracing: spans.served, signals: [], quietMs: 0 })
    expect(await web.client(Front).offer()).to.equal(3)
    await serving.stop()

    const made = [...exporter.getFinishedSpans()].reverse()
    expect(new Set(made.map((span) => span.spanContext().traceId)).size).to.equal(1)
    // Each is the parent of the next: call, attempt and server span of the front, then those of the back.
    const chain = made.map(({ name, kind }) => `${name} ${SpanKind[kind]}`)
    expect(chain).to.deep.equal([
      ...['shop/front/offer INTERNAL', 'shop/front/offer CLIENT', 'shop/front/offer SERVER'],
      ...['shop/back/stock INTERNAL', 'shop/back/stock CLIENT', 'shop/back/stock SERVER'],
    ])
    const parents = made.map((span) => span.parentSpanContext?.spanId)
    expect(parents).to.deep.equal([undefined, ...made.slice(0, -1).map((span) => span.spanContext().spanId)])
  })
})
