import type { Cell, SessionState } from '@kumquat/core'

/**
 * Tells what has become of a session, unless that would be no story: `closed` is the end, and what was lost stays `lost` until
 * all is made again, however often the line goes down meanwhile.
 */
export function tellSession(session: Cell<SessionState>, state: SessionState): void {
  const { current } = session
  if (current === 'closed' || (current === 'lost' && state === 'suspended')) return
  session.set(state)
}
