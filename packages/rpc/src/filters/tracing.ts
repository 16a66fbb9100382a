import {
  type Filter,
  formatServiceKey,
  type Invocation,
  laneOf,
  type Reply,
  RpcError,
  type Service,
} from '@kumquat/core'
import type * as OpenTelemetry from '@opentelemetry/api'
import { type TraceContext, traceContextOf } from '../context/trace-context.ts'
import { optionalPeer } from '../optional-peer.ts'
import { provenCaller } from '../security/proven.ts'
import type { ServedCall } from '../transport.ts'

export interface TracingOptions {
  /** Makes the spans. Default: that of the globally registered provider, by the name `@kumquat/rpc`. */
  readonly tracer?: OpenTelemetry.Tracer
}

/** Filters that make spans, one for each place of a call. Any of them may be left out. */
export interface Tracing {
  /** Into `filters` of a consumer: an internal span for a whole call, its attempts inside. */
  readonly calls: Filter<Invocation, Reply>
  /** Into `attemptFilters`: a client span for each attempt, whose place in the trace is sent to the provider. */
  readonly attempts: Filter<Invocation, Reply>
  /** Into `tracing` of a provider: a server span for each call, within the trace that it came with. */
  readonly served: Filter<ServedCall, Reply>
}

/**
 * Spans by OpenTelemetry, those of a chain of services in one trace; the headers are W3C's whatever propagator is registered.
 * What a method does is inside of its span if a context manager is registered, as every SDK for Node does. Attributes follow
 * the semantic conventions for RPC (opentelemetry.io/docs/specs/semconv/rpc). Rejects with `TypeError` where the package
 * `@opentelemetry/api` is not installed.
 */
export async function tracing({ tracer }: TracingOptions = {}): Promise<Tracing> {
  const api = await optionalPeer(() => import('@opentelemetry/api'), '@opentelemetry/api', 'tracing()')
  const { SpanKind } = api
  // Asked for with each span, since an SDK may be registered later.
  const spans = new Spans(api, () => tracer ?? api.trace.getTracer('@kumquat/rpc'))
  return {
    calls: (next) => (call) => spans.around({ kind: SpanKind.INTERNAL, call, parent: api.context.active(), next }),
    attempts: (next) => (call) => {
      const active = api.context.active()
      const parent = api.trace.getSpan(active) ? active : spans.within(call.headers ?? {}, active)
      const attributes = { 'kumquat.attempt': call.attempt ?? 1 }
      return spans.around({ kind: SpanKind.CLIENT, call, parent, attributes, next, sends: true })
    },
    served: (next) => (call) => {
      const parent = spans.within(call.arrived, api.ROOT_CONTEXT)
      const attributes = { 'network.peer.address': call.remote.address }
      const atEnd = (): OpenTelemetry.Attributes => ({ 'kumquat.caller': provenCaller(call) })
      return spans.around({ kind: SpanKind.SERVER, call, parent, attributes, next, atEnd })
    },
  }
}

interface SpanOf<Call extends Invocation> {
  readonly kind: OpenTelemetry.SpanKind
  readonly call: Call
  readonly parent: OpenTelemetry.Context
  readonly next: Service<Call, Reply>
  readonly attributes?: OpenTelemetry.Attributes
  /** What is known only when the call is over. */
  readonly atEnd?: () => OpenTelemetry.Attributes
  /** Whether the other end is told of the span. */
  readonly sends?: boolean
}

class Spans {
  readonly #api: typeof OpenTelemetry
  readonly #tracer: () => OpenTelemetry.Tracer

  constructor(api: typeof OpenTelemetry, tracer: () => OpenTelemetry.Tracer) {
    this.#api = api
    this.#tracer = tracer
  }

  async around<Call extends Invocation>({
    kind,
    call,
    parent,
    next,
    attributes,
    atEnd,
    sends,
  }: SpanOf<Call>): Promise<Reply> {
    const { trace, context } = this.#api
    const service = formatServiceKey(call.service)
    const known = {
      'rpc.system': 'kumquat',
      'rpc.service': service,
      'rpc.method': call.method,
      'kumquat.lane': laneOf(call),
    }
    const span = this.#tracer().startSpan(
      `${service}/${call.method}`,
      { kind, attributes: { ...known, ...attributes } },
      parent,
    )
    const sent = sends ? { ...call, headers: { ...call.headers, ...this.#headersOf(span) } } : call
    try {
      return await context.with(trace.setSpan(parent, span), next, undefined, sent)
    } catch (error) {
      this.#failed(span, error, kind)
      throw error
    } finally {
      if (atEnd !== undefined) span.setAttributes(atEnd())
      span.end()
    }
  }

  /** The context of a trace that stands in headers. */
  within(
    headers: Readonly<Record<string, string | undefined>>,
    otherwise: OpenTelemetry.Context,
  ): OpenTelemetry.Context {
    const { trace, createTraceState } = this.#api
    const found = traceContextOf(headers)
    if (found === undefined) return otherwise
    const [, traceId = '', spanId = '', flags = '00'] = found.traceparent.split('-')
    return trace.setSpanContext(otherwise, {
      ...{ traceId, spanId, isRemote: true, traceFlags: Number.parseInt(flags, 16) },
      ...(found.tracestate !== undefined && { traceState: createTraceState(found.tracestate) }),
    })
  }

  /** Nothing of a span that is none, so that a trace passes through where no SDK is registered. */
  #headersOf(span: OpenTelemetry.Span): TraceContext | undefined {
    const { traceId, spanId, traceFlags, traceState } = span.spanContext()
    if (!this.#api.isSpanContextValid(span.spanContext())) return undefined
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
    const tracestate = traceState?.serialize() ?? ''
    return traceContextOf({ traceparent, ...(tracestate !== '' && { tracestate }) })
  }

  #failed(span: OpenTelemetry.Span, error: unknown, kind: OpenTelemetry.SpanKind): void {
    const { SpanStatusCode, SpanKind } = this.#api
    const code = RpcError.is(error) ? error.code : 'unknown'
    span.setAttributes({ 'error.type': code, 'rpc.response.status_code': code })
    span.recordException(error instanceof Error ? error : String(error))
    // A server that did as it should is not in error because its caller asked for what is not there.
    if (kind === SpanKind.SERVER && FAULTS_OF_CALLERS.has(code)) return
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : code })
  }
}

const FAULTS_OF_CALLERS: ReadonlySet<string> = new Set([
  ...['canceled', 'invalid_argument', 'not_found', 'already_exists', 'permission_denied', 'unauthenticated'],
  ...['failed_precondition', 'aborted', 'out_of_range', 'resource_exhausted'],
])
