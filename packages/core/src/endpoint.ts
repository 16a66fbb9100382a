import type { Invoker } from './invocation.ts'
import type { ProviderRecord } from './provider-record.ts'
import type { Streamer } from './stream.ts'

/** `open`: send. `busy`: alive, but prefer another. `closed`: do not send while another is left. */
export type Status = 'open' | 'busy' | 'closed'

/** An open line to one provider. Disposing it lets calls in flight finish. */
export interface Endpoint extends AsyncDisposable {
  readonly invoke: Invoker
  /** Absent where the transport carries no streams. */
  readonly stream?: Streamer
  readonly status: Status
}

/** Opens a line to the provider that `record` advertises. Synchronous: what is slow or fails, fails in `invoke`. */
export type Connect = (record: ProviderRecord) => Endpoint
