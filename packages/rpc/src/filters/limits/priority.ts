import type { Invocation } from '@kumquat/core'

/** The attachment that says how urgent a call is; so what it calls in turn is as urgent. */
export const PRIORITY = 'priority'

/**
 * `critical`: somebody's payment. `normal`: unless said otherwise, and what is no priority at all. `bulk`: reports, pre-loading,
 * whatever may as well run later.
 */
export type Priority = 'critical' | 'normal' | 'bulk'

/** All of them, the most urgent first. */
export const PRIORITIES: readonly Priority[] = ['critical', 'normal', 'bulk']

/** The priority of a call, by its attachments. Anybody may claim any: rules of `access()` can keep `critical` from some. */
export function priorityOf({ attachments }: Pick<Invocation, 'attachments'>): Priority {
  const said = attachments[PRIORITY]
  return said === 'critical' || said === 'bulk' ? said : 'normal'
}
