import type { Figure, Scenario } from './scenario.ts'

/** One line of the table, and of the JSON. */
export interface Row {
  readonly scenario: string
  readonly subject: string
  readonly measure: string
  /** `null` = for ever, or not to be had. */
  readonly value: number | null
  /** Absent: told for comparison. */
  readonly bound?: string
  readonly kept: boolean
}

export function rowOf({ name }: Scenario, { subject, measure, value, bound }: Figure): Row {
  return {
    scenario: name,
    subject,
    measure,
    value: Number.isFinite(value) ? Number(value.toPrecision(6)) : null,
    ...(bound && { bound: bound.text }),
    kept: bound === undefined || bound.holds(value),
  }
}
