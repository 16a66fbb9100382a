import { eventually } from '@kumquat/core/testing'
import { auditFacts } from './audits.ts'
import { closingFacts } from './closing.ts'
import { cutFacts } from './cuts.ts'
import { exclusiveFacts } from './exclusive.ts'
import { expiryFacts } from './expiry.ts'
import { heldFacts } from './held.ts'
import { lostEventFacts } from './lost-events.ts'
import { revisionFacts } from './revisions.ts'
import type { Fact, StoreContractOptions } from './setup.ts'
import { valueFacts } from './values.ts'
import { watchFacts } from './watches.ts'

export type { Backing, BadDay, StoreContractOptions } from './setup.ts'

/**
 * What every `Store` must do, whatever its backend. Depends on no test framework: takes `describe` and `it`, and checks
 * with `node:assert/strict`.
 */
export function storeContract({
  name,
  describe,
  it,
  prepare,
  leaveOut = [],
  canDeafen = false,
  withinMs = 5_000,
}: StoreContractOptions): void {
  const fact: Fact = (title, body) => {
    it(title, async () => {
      const backing = await prepare()
      try {
        await body(backing, (check) => eventually(check, { withinMs }))
      } finally {
        await backing[Symbol.asyncDispose]()
      }
    })
  }
  const parts = {
    values: valueFacts,
    revisions: revisionFacts,
    'held entries': heldFacts,
    'audits of held entries': auditFacts,
    'exclusive holds': exclusiveFacts,
    watches: watchFacts,
    closing: closingFacts,
    'a lost session': expiryFacts,
    'a line that is down': cutFacts,
    ...(canDeafen ? { 'a lost event': lostEventFacts } : {}),
  }
  for (const [part, facts] of Object.entries(parts)) {
    if (!leaveOut.some((badDay) => badDay === part)) describe(`${name}: ${part}`, () => facts(fact))
  }
}
