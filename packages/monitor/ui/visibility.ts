import type { After } from './runtime.ts'
import type { UpdateStream } from './stream.ts'

/** How long a hidden tab keeps its stream. */
const HIDDEN_MS = 60_000

/** Closes the stream of a tab that nobody has looked at for a minute, and opens it again on return. */
export function holdWhileHidden(stream: UpdateStream, page: Document, after: After): void {
  let cancel = (): void => {}
  page.addEventListener('visibilitychange', () => {
    cancel()
    if (page.hidden) cancel = after(HIDDEN_MS, () => stream.hold('hidden'))
    else stream.release('hidden')
  })
}
