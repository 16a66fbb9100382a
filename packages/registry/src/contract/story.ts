import assert from 'node:assert/strict'
import type { SessionState, Store } from '@kumquat/core'

const NEXT: Readonly<Record<SessionState, readonly SessionState[]>> = {
  connected: ['suspended', 'lost', 'closed'],
  suspended: ['connected', 'lost', 'closed'],
  lost: ['connected', 'closed'],
  closed: [],
}

/** Writes down the states of a session from now on, each of which must be one that can follow. */
export function storyOf({ session }: Store): readonly SessionState[] {
  const states: SessionState[] = [session.current]
  session.subscribe((state) => states.push(state))
  return states
}

export function assertIsStory(states: readonly SessionState[]): void {
  for (const [i, state] of states.slice(1).entries()) {
    const before = states[i]
    assert.ok(before && NEXT[before].includes(state), `${state} cannot follow in ${states.join(', ')}`)
  }
}
