import type { Exchanges } from './exchanges.ts'
import { CLOSING } from './wire.ts'

/** The headers that answers of a provider have which callers should leave alone. One that is to come back keeps its connections. */
export function elsewhere({ leaving, readiness }: Exchanges): Record<string, string> | undefined {
  const stands = leaving ? 'leaving' : readiness()
  if (stands === 'leaving') return LEAVING
  return stands === 'away' ? AWAY : undefined
}

const AWAY: Record<string, string> = { [CLOSING]: '1' }
const LEAVING: Record<string, string> = { ...AWAY, connection: 'close' }
