/** Where a call stands in a trace, as W3C headers (w3.org/TR/trace-context). A type, so that it is a record of headers. */
export type TraceContext = {
  readonly traceparent: string
  readonly tracestate?: string
}

/** Reads what arrived with a call. What W3C does not allow is as good as nothing; a list of state that is too long is left out. */
export function traceContextOf(arrived: Readonly<Record<string, string | undefined>>): TraceContext | undefined {
  const { traceparent, tracestate } = arrived
  if (traceparent === undefined || !isTraceparent(traceparent)) return undefined
  return tracestate !== undefined && isTracestate(tracestate) ? { traceparent, tracestate } : { traceparent }
}

/** Version 00 is of one length; a later one begins alike and may go on, within bounds. */
function isTraceparent(text: string): boolean {
  if (text.length > MAX_TRACEPARENT) return false
  const [, version, trace, span, more] = TRACEPARENT.exec(text) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== '')) return false
  return trace !== NO_TRACE && span !== NO_SPAN
}

const isTracestate = (text: string): boolean =>
  text !== '' && text.length <= MAX_TRACESTATE && PRINTABLE.test(text) && text.split(',').length <= MAX_MEMBERS

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}((?:-[\x21-\x7e]*)?)$/
const MAX_TRACEPARENT = 256
const NO_TRACE = '0'.repeat(32)
const NO_SPAN = '0'.repeat(16)
const PRINTABLE = /^[\x20-\x7e]*$/
/** What W3C asks everybody to hand on at least. */
const MAX_TRACESTATE = 512
const MAX_MEMBERS = 32
