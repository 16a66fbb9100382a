import { formatServiceKey, type Outcome, RpcError, type Streamer, type StreamInvocation } from '@kumquat/core'

// What the iterator of a stream throws, where nobody else has said it.

/** Its consumer left, or its signal aborted. */
export function givenUp(call: StreamInvocation, cause: unknown, isEntered: boolean): RpcError {
  const message = `${nameOf(call)} was canceled by its caller`
  return new RpcError('canceled', message, { outcome: outcomeOf(isEntered), cause })
}

export function outOfTime(call: StreamInvocation, items: number): RpcError {
  const message = `${nameOf(call)} was cut at its deadline, after ${items} items; allow it more by timeoutMs, or say nothing of its time`
  return new RpcError('deadline_exceeded', message, { outcome: 'unknown' })
}

/** What the consumer sends threw. */
export function inputFailed(call: StreamInvocation, cause: unknown): RpcError {
  if (RpcError.is(cause)) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new RpcError('canceled', `${nameOf(call)} was given up, because its input failed: ${reason}`, { cause })
}

/** A layer tries a second time what cannot be done twice. */
export function notAgain(call: StreamInvocation, items: number): RpcError {
  const message = `${nameOf(call)} was not tried again: ${items > 0 ? `${items} items of it` : 'its input or another try'} went before`
  return new RpcError('failed_precondition', message, { outcome: 'not-run' })
}

/** A layer answered as if this were a call. */
export function selfAnswered(call: StreamInvocation): RpcError {
  const message = `${nameOf(call)} was answered by a filter before its last item: a filter passes streams on, or fails them`
  return new RpcError('internal', message)
}

/** An item that streams in breaks the limit of the provider. */
export function itemTooLarge(name: StreamName, limit: number): RpcError {
  const message = `${nameOf(name)} was sent an item above ${limit} bytes, the limit of this provider: send smaller ones, or raise its maxBodyBytes`
  return new RpcError('resource_exhausted', message)
}

/** Whoever sends the items does not heed the credit of their reader. */
export function windowBroken(name: StreamName, windowBytes: number): RpcError {
  const message = `${nameOf(name)} was sent items without credit, beyond a window of ${windowBytes} bytes: send what was given credit for`
  return new RpcError('resource_exhausted', message)
}

/** At the provider: nobody reads it any more. */
export const callerLeft = (): RpcError => new RpcError('canceled', 'the caller went away')

/** At the provider: it goes, and the time that streams had to end is over. */
export const streamStopped = (): RpcError =>
  new RpcError('unavailable', 'this provider has stopped, and the stream with it: begin it again at another')

/** At the provider: it is gone at once. */
export const streamBroken = (port: number): RpcError =>
  new RpcError('unavailable', `the connection to port ${port} broke before the end of the stream`)

/** Over HTTP: items can come back, and none go there. */
export function noInput(name: StreamName): RpcError {
  const message = `${nameOf(name)} takes a stream, which HTTP does not carry: the transport stream does; over HTTP, send a list as an argument`
  return new RpcError('unimplemented', message, { outcome: 'not-run' })
}

/** A line that carries calls only. */
export function noStreams(id: string): Streamer {
  return (call) => {
    const message = `${nameOf(call)} streams, which the transport to ${id} cannot: use one that can, such as stream`
    throw new RpcError('unimplemented', message, { outcome: 'not-run' })
  }
}

type StreamName = Pick<StreamInvocation, 'service' | 'method'>

const nameOf = ({ service, method }: StreamName): string => `${formatServiceKey(service)}/${method}`

const outcomeOf = (isEntered: boolean): Outcome => (isEntered ? 'unknown' : 'not-run')
