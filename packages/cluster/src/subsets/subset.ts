import type { ProviderRecord } from '@kumquat/core'

/**
 * The providers of a large set that this client connects to. Pure, and stable: a record that is in the answer before
 * and after a change of the others is the very same object.
 */
export type Subset = (records: readonly ProviderRecord[]) => readonly ProviderRecord[]
